// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/**
 * A plugin that answers datagrams by a port of any driver: what happens to drivers, links,
 * addresses and neighbours costs some datagrams and never the port.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DatagramLinksTest {
  private static final String PORT = "9100";

  private Wire wire;
  private SluiceProcess sluice;

  @BeforeEach
  void start() throws Exception {
    wire = Wire.create();
    sluice = SluiceProcess.prepare().under(wire.near().prefix()).launch();
  }

  @AfterEach
  void end() throws Exception {
    try {
      sluice.close();
    } finally {
      wire.close();
    }
  }

  /**
   * Sends each datagram back.
   *
   * @param spec in terms of {@code at}, which makes one of an address
   */
  private void answering(String spec, String driver) throws Exception {
    sluice.drop(
        "answering.jar",
        PluginJar.named("answering", "1.0.0")
            .source(
                """
                package answering;

                import java.net.InetAddress;
                import java.net.InetSocketAddress;
                import org.osgi.service.component.annotations.Activate;
                import org.osgi.service.component.annotations.Component;
                import org.osgi.service.component.annotations.Deactivate;
                import org.osgi.service.component.annotations.Reference;
                import org.sluice.packet.api.DatagramBatch;
                import org.sluice.packet.api.DatagramPort;
                import org.sluice.packet.api.DatagramSpec;
                import org.sluice.packet.api.PortException;
                import org.sluice.packet.api.Ports;

                @Component(service = Answering.class, immediate = true)
                public final class Answering {
                  private final DatagramPort port;
                  private final Thread thread =
                      Thread.ofPlatform().name("answering/port").unstarted(this::work);
                  private volatile boolean over;

                  @Activate
                  public Answering(@Reference Ports ports) throws PortException {
                    port = ports.open(%s, "%s");
                    thread.start();
                  }

                  private static DatagramSpec at(String address) {
                    return DatagramSpec.at(
                        new InetSocketAddress(InetAddress.ofLiteral(address), %s));
                  }

                  @Deactivate
                  public void close() throws InterruptedException {
                    over = true;
                    port.wake();
                    thread.join();
                    port.close();
                  }

                  private void work() {
                    DatagramBatch batch = new DatagramBatch(64);
                    while (!over) {
                      if (port.receive(batch) == 0) {
                        port.await(10_000_000);
                        continue;
                      }
                      for (int i = 0; i < batch.count(); i++) {
                        batch.reply(i, batch.length(i));
                      }
                      port.send(batch);
                      port.flush();
                      port.release(batch);
                    }
                  }
                }
                """
                    .formatted(spec, driver, PORT))
            .make());
    sluice.awaitTrue(
        "the port",
        () ->
            ports().contains("10.99.0.1:")
                || ports().contains("0.0.0.0:")
                || ports().contains("fd99"));
  }

  private String ports() {
    return sluice.command("packet:ports", "--json").out();
  }

  private void awaitPort(String what, String text) throws Exception {
    sluice.awaitTrue(what, () -> ports().contains(text));
  }

  private void answers(String address, int count) throws Exception {
    String told = wire.python(EngineTest.ASK, address, PORT, Integer.toString(count));
    assertTrue(told.contains("answered " + count), told);
    System.out.println(address + ": " + told.strip());
  }

  /** The frames of a driver are what answers, not the socket of the host beside them. */
  private void byFrames() {
    assertEquals("0", beside(), "received beside the frames");
  }

  private String beside() {
    return ports().replaceAll("(?s).*\"received beside\": ?\"(\\d+)\".*", "$1");
  }

  private void leavesNothing() throws Exception {
    Files.delete(sluice.plugins().resolve("answering.jar"));
    sluice.awaitTrue("the port to be closed", () -> !ports().contains(PORT));
    assertFalse(wire.near().ip("-d link").contains("xdp"), "no program is attached");
    sluice.awaitTrue("the threads to end", () -> Holdings.of(sluice).portKiB() == 0);
    sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
  }

  @Test
  void aNamedDriverOfFramesComesAndGoes() throws Exception {
    BundleSwitch bundles = BundleSwitch.in(sluice);
    answering("at(\"10.99.0.1\")", "xdp");
    assertTrue(wire.near().ip("-d link show near").contains("xdp"), "a program is attached");
    answers("10.99.0.1", 100);
    byFrames();
    bundles.off("org.sluice.packet.xdp");
    awaitPort("no driver", "\"driver\": \"\"");
    assertFalse(wire.near().ip("-d link show near").contains("xdp"));
    bundles.on("org.sluice.packet.xdp");
    awaitPort("the driver", "\"driver\": \"xdp\"");
    answers("10.99.0.1", 100);
    byFrames();
    leavesNothing();
  }

  @Test
  void theBestDriverOfDatagramsIsTakenAndLeft() throws Exception {
    BundleSwitch bundles = BundleSwitch.in(sluice);
    answering("at(\"10.99.0.1\")", "auto");
    awaitPort("the best driver", "\"driver\": \"xdp\"");
    answers("10.99.0.1", 100);
    byFrames();
    for (int i = 0; i < 3; i++) {
      bundles.off("org.sluice.packet.xdp");
      sluice.awaitTrue("another driver", () -> ports().matches("(?s).*\"driver\": \"(?!xdp)\\w.*"));
      answers("10.99.0.1", 20);
      bundles.on("org.sluice.packet.xdp");
      awaitPort("the best driver again", "\"driver\": \"xdp\"");
      answers("10.99.0.1", 20);
    }
    leavesNothing();
  }

  /** Whoever was told the port must find it again, though the kernel chose it. */
  @Test
  void aPortThatTheKernelChoseStaysTheSame() throws Exception {
    BundleSwitch bundles = BundleSwitch.in(sluice);
    answering("DatagramSpec.at(new InetSocketAddress(\"10.99.0.1\", 0))", "auto");
    awaitPort("the best driver", "\"driver\": \"xdp\"");
    String chosen = chosen();
    for (int i = 0; i < 2; i++) {
      bundles.off("org.sluice.packet.xdp");
      sluice.awaitTrue("another driver", () -> ports().matches("(?s).*\"driver\": \"(?!xdp)\\w.*"));
      wire.python(EngineTest.ASK, "10.99.0.1", chosen, "20");
      bundles.on("org.sluice.packet.xdp");
      awaitPort("the best driver again", "\"driver\": \"xdp\"");
      wire.python(EngineTest.ASK, "10.99.0.1", chosen, "20");
    }
  }

  /** As frames of this port are told from others. */
  private String chosen() {
    return ports().replaceAll("(?s).*\"match\": ?\"[^\"]* port (\\d+).*", "$1");
  }

  @Test
  void datagramsOverPacketSockets() throws Exception {
    answering("at(\"fd99::1\")", "afpacket");
    answers("fd99::1", 100);
    leavesNothing();
  }

  @Test
  void theLinkGetsOtherAddressesAnotherNameAndAnotherMtu() throws Exception {
    answering("at(\"0.0.0.0\").on(\"near\")", "xdp");
    answers("10.99.0.1", 50);

    wire.near().ip("addr add 10.99.0.11/24 dev near");
    awaitPort("the new address", "10.99.0.11");
    answers("10.99.0.11", 50);
    wire.near().ip("addr del 10.99.0.11/24 dev near");
    sluice.awaitTrue("the address to go", () -> !ports().contains("10.99.0.11"));

    wire.near().ip("link set near down");
    wire.near().ip("link set near name nearer");
    wire.near().ip("link set nearer up");
    wire.near().ip("addr add 10.99.0.12/24 dev nearer");
    awaitPort("an address that came after the new name", "10.99.0.12");
    answers("10.99.0.12", 50);

    wire.near().ip("link set nearer mtu 1300");
    awaitPort("the MTU", "\"mtu\": \"1300\"");
    answers("10.99.0.12", 50);
    wire.near().ip("link set nearer mtu 1500");
    awaitPort("the MTU", "\"mtu\": \"1500\"");
    answers("10.99.0.12", 50);
    byFrames();
    leavesNothing();
  }

  /** The port of frames was opened when the link took shorter packets. */
  @Test
  void theLinkTakesLongerPacketsThanItDid() throws Exception {
    answering("at(\"10.99.0.1\").chunks(1024, 4096)", "xdp");
    answers("10.99.0.1", 20);
    wire.far().ip("link set far mtu 3000");
    wire.near().ip("link set near mtu 3000");
    awaitPort("the MTU", "\"mtu\": \"3000\"");
    wire.python(EngineTest.ASK, "10.99.0.1", PORT, "20", "2900");
    byFrames();
    leavesNothing();
  }

  /** A datagram that is longer than a chunk is none that frames can bring. */
  @Test
  void wherePacketsAreLongerThanAChunkSocketsAreBetter() throws Exception {
    wire.far().ip("link set far mtu 9000");
    wire.near().ip("link set near mtu 9000");
    sluice.awaitTrue(
        "the MTU to be known", () -> sluice.command("link:list", "--json").out().contains("9000"));
    answering("at(\"10.99.0.1\").chunks(1024, 4096)", "auto");
    assertFalse(ports().contains("\"driver\": \"xdp\""), ports());
    wire.python(EngineTest.ASK, "10.99.0.1", PORT, "20", "3500");
    leavesNothing();
  }

  @Test
  void aNeighbourGetsAnotherAddressOfHardware() throws Exception {
    answering("at(\"10.99.0.1\")", "xdp");
    answers("10.99.0.1", 50);
    wire.far().ip("link set far down");
    wire.far().ip("link set far address 02:00:00:00:00:33");
    wire.far().ip("link set far up");
    answers("10.99.0.1", 50);
    wire.near().ip("link set near down");
    wire.near().ip("link set near address 02:00:00:00:00:44");
    wire.near().ip("link set near up");
    // The peer would take half a minute to ask again.
    wire.far().ip("neigh flush dev far");
    answers("10.99.0.1", 50);
    byFrames();
    leavesNothing();
  }

  @Test
  void theLinkIsTakenAwayAndLaidAgain() throws Exception {
    answering("at(\"10.99.0.1\")", "xdp");
    answers("10.99.0.1", 50);
    for (int i = 0; i < 3; i++) {
      wire.near().ip("link set near down");
      wire.near().ip("link set near up");
      answers("10.99.0.1", 20);
    }
    wire.near().ip("link del near");
    awaitPort("no driver", "\"driver\": \"\"");
    wire.plug(1);
    awaitPort("the driver", "\"driver\": \"xdp\"");
    answers("10.99.0.1", 50);
    leavesNothing();
  }
}
