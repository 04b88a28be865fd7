// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.BpfObjects;

/** Handlers in plugins are called with packets, and come, go and fail while packets flow. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class EngineTest {

  /** Sends datagrams one after another until each was answered, and says how often it had to. */
  static final String ASK =
      """
      import socket, sys
      host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
      size = int(sys.argv[4]) if len(sys.argv) > 4 else 0
      s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
      s.settimeout(0.2)
      again = 0
      for i in range(count):
          for attempt in range(300):
              s.sendto(('%d %s' % (i, 'x' * (size or i % 1000))).encode(), (host, port))
              try:
                  while True:
                      got = s.recv(65536).decode()
                      if got.startswith('%d ' % i) and len(got) > size:
                          break
                  break
              except (socket.timeout, ConnectionRefusedError):
                  again += 1
          else:
              sys.exit('no answer to %d' % i)
      print('answered', count, 'again', again)
      """;

  /**
   * Sends each datagram back.
   *
   * @param body what is done with a {@code frame} before
   */
  static PluginJar echo(String name, String properties, String body) throws Exception {
    return PluginJar.named(name, "1.0.0")
        .source(
            """
            package echo;

            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;
            import org.osgi.service.component.annotations.Component;
            import org.sluice.packet.api.FrameBatch;
            import org.sluice.packet.api.PacketHandler;

            @Component(property = {%s})
            public final class Echo implements PacketHandler {
              @Override
              public void handle(FrameBatch frames) {
                for (int i = 0; i < frames.count(); i++) {
                  MemorySegment frame = frames.frame(i);
                  %s
                  swap(frame, 0, 6, 6);
                  swap(frame, 26, 30, 4);
                  swap(frame, 34, 36, 2);
                  frame.set(ValueLayout.JAVA_SHORT_UNALIGNED, 40, (short) 0);
                  frames.decide(i, FrameBatch.Verdict.SEND);
                }
              }

              private static void swap(MemorySegment frame, long a, long b, int length) {
                for (int i = 0; i < length; i++) {
                  byte x = frame.get(ValueLayout.JAVA_BYTE, a + i);
                  frame.set(ValueLayout.JAVA_BYTE, a + i, frame.get(ValueLayout.JAVA_BYTE, b + i));
                  frame.set(ValueLayout.JAVA_BYTE, b + i, x);
                }
              }
            }
            """
                .formatted(properties, body))
        .make();
  }

  private static final String HERE = "\"packet.interface=near\", \"packet.match=udp port 9000\"";

  private static SluiceProcess in(Wire wire) throws Exception {
    return SluiceProcess.prepare().under(wire.near().prefix()).launch();
  }

  private static void awaitCalled(SluiceProcess sluice) throws Exception {
    sluice.awaitTrue(
        "the handler to be called",
        () -> sluice.command("packet:handlers").out().contains("called"));
  }

  @Test
  void aHandlerAnswersAndTheHostKeepsTheRest() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.drop("echo.jar", echo("echo", HERE, ""));
      awaitCalled(sluice);
      assertTrue(
          wire.python(ASK, "10.99.0.1", "9000", "500").contains("answered 500"),
          "the plugin answers");
      String ports = sluice.command("packet:ports").out();
      assertTrue(ports.contains("xdp") && ports.contains("native"), ports);
      assertTrue(wire.near().ip("-d link show near").contains("xdp"), "a program is attached");

      wire.far().exec("ping", "-c", "3", "-i", "0.2", "-W", "5", "10.99.0.1");
      wire.far().exec("ping", "-c", "3", "-i", "0.2", "-W", "5", "fd99::1");

      Files.delete(sluice.plugins().resolve("echo.jar"));
      sluice.awaitTrue(
          "the program to be detached", () -> !wire.near().ip("-d link show near").contains("xdp"));
      assertFalse(sluice.command("packet:ports", "--json").out().contains("xdp"));
      sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
    }
  }

  @Test
  void aKilledProcessLeavesNothing() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.drop("echo.jar", echo("echo", HERE, ""));
      awaitCalled(sluice);
      assertTrue(wire.near().ip("-d link show near").contains("xdp"));
      Set<String> objects = objectsOf(sluice);
      assertTrue(
          objects.stream().anyMatch(one -> one.startsWith("PROGRAM"))
              && objects.stream().anyMatch(one -> one.startsWith("MAP")),
          objects::toString);
      assertTrue(BpfObjects.all().containsAll(objects), "the kernel has what the process has");
      sluice.kill();
      sluice.awaitTrue(
          "the kernel to take the program away",
          () -> !wire.near().ip("-d link show near").contains("xdp"));
      sluice.awaitTrue(
          "programs and maps to go", () -> Collections.disjoint(BpfObjects.all(), objects));
      wire.far().exec("ping", "-c", "1", "-W", "5", "10.99.0.1");
      sluice.launch();
      awaitCalled(sluice);
      String ports = sluice.command("packet:ports").out();
      assertTrue(ports.contains("xdp") && ports.contains("native"), "the queue is free: " + ports);
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
    }
  }

  /** Programs and maps of a process, as the kernel tells them of its descriptors. */
  private static Set<String> objectsOf(SluiceProcess sluice) throws Exception {
    Set<String> objects = new TreeSet<>();
    Path files = Path.of("/proc", Long.toString(sluice.handle().pid()), "fdinfo");
    try (var all = Files.list(files)) {
      for (Path file : all.toList()) {
        try {
          for (String line : Files.readAllLines(file)) {
            if (line.startsWith("prog_id:")) {
              objects.add("PROGRAM " + line.replaceAll("\\D", ""));
            } else if (line.startsWith("map_id:")) {
              objects.add("MAP " + line.replaceAll("\\D", ""));
            }
          }
        } catch (IOException e) {
          // It was closed meanwhile.
        }
      }
    }
    return objects;
  }

  @Test
  void aHandlerThatFailsIsTakenOutAndTheOthersGoOn() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.config("org.sluice.packet.engine", "{ \"faults\": 5 }");
      sluice.drop("echo.jar", echo("echo", HERE, ""));
      sluice.drop(
          "faulty.jar",
          echo(
              "faulty",
              HERE + ", \"service.ranking:Integer=10\"",
              "if (frame.byteSize() > 0) throw new IllegalStateException(\"on purpose\");"));
      sluice.awaitTrue(
          "both handlers to be there",
          () -> sluice.command("packet:handlers").out().contains("faulty"));
      awaitCalled(sluice);
      String answer = wire.python(ASK, "10.99.0.1", "9000", "20");
      assertTrue(answer.contains("answered 20"), answer);
      assertFalse(answer.contains("again 0"), "the first ones were dropped with their batches");
      String handlers = sluice.command("packet:handlers").out();
      assertTrue(handlers.contains("taken out after faults"), handlers);
      assertTrue(handlers.contains("on purpose"), handlers);
    }
  }

  @Test
  void anInterfaceThatGoesAndComesBack() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.drop("echo.jar", echo("echo", HERE, ""));
      awaitCalled(sluice);
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
      wire.near().ip("link del near");
      sluice.awaitTrue(
          "the port to have no driver",
          () -> !sluice.command("packet:ports", "--json").out().contains("\"xdp\""));
      wire.plug(1);
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
      // Down and up is no reason to give anything up.
      wire.near().ip("link set near down");
      wire.near().ip("link set near up");
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
    }
  }

  @Test
  void aDriverThatGoesIsReplacedAndComesBack() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      sluice.drop("echo.jar", echo("echo", HERE, ""));
      awaitCalled(sluice);
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
      bundles.off("org.sluice.packet.xdp");
      sluice.awaitTrue(
          "the next best driver", () -> sluice.command("packet:ports").out().contains("afpacket"));
      assertFalse(wire.near().ip("-d link show near").contains("xdp"));
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
      bundles.on("org.sluice.packet.xdp");
      sluice.awaitTrue(
          "the best driver again", () -> sluice.command("packet:ports").out().contains("xdp"));
      assertFalse(sluice.command("packet:ports").out().contains("afpacket"));
      assertTrue(wire.python(ASK, "10.99.0.1", "9000", "10").contains("answered 10"));
      String facts = sluice.command("packet:ports", "--json").out();
      assertTrue(facts.contains("2 times"), facts);
    }
  }

  @Test
  void aHandlerThatMakesNoSenseIsToldWhy() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.drop(
          "echo.jar", echo("echo", "\"packet.interface=lo\", \"packet.match=upd port 9\"", ""));
      sluice.awaitTrue(
          "the reason",
          () -> sluice.command("packet:handlers").out().contains("'upd' is no match"));
    }
  }
}
