// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.engine.OverFrames;
import org.sluice.packet.socket.SocketDriver;

/**
 * Datagrams over the frames of a driver. The ports are at one end of a wire, their peers at the
 * other, in networks of their own; what the contract says of the loopback is said of the wire.
 */
abstract class OverFramesContract extends DatagramContract {
  final LiveLinks links = new LiveLinks();
  private final SocketDriver sockets = new SocketDriver();
  private Wire wire;

  abstract PortDriver newFrames();

  abstract void stopFrames();

  @BeforeEach
  @Override
  void start() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/sbin/ip")),
        "network namespaces need root and iproute2");
    wire = laid();
    for (int last : new int[] {102, 103, 107, 109}) {
      Wire.run("ip", "-n", wire.right, "addr", "add", "10.77.0." + last + "/24", "dev", "right");
    }
    Wire.run("ip", "-n", wire.left, "addr", "add", "10.77.0.53/24", "dev", "left");
    super.start();
  }

  /** On a real wire checksums are finished; one within a host leaves that out. */
  @Override
  Wire laid() throws Exception {
    Wire made = new Wire();
    Wire.run("ip", "netns", "exec", made.left, "ethtool", "-K", "left", "tx", "off");
    return made;
  }

  @AfterEach
  @Override
  void end() throws Exception {
    super.end();
    sockets.stop();
    wire.close();
  }

  @Override
  PortDriver newDriver() {
    return new OverFrames(newFrames(), links);
  }

  @Override
  void stop(PortDriver driver) {
    ((OverFrames) driver).close();
    stopFrames();
  }

  @Override
  String options() {
    return "udp";
  }

  @Override
  <T> T home(Callable<T> work) throws Exception {
    return wire.inRight(work);
  }

  @Override
  <T> T away(Callable<T> work) throws Exception {
    return wire.inLeft(work);
  }

  @Override
  String homeAddress(String loopback) {
    if (loopback.equals("::1")) {
      return "fd77::2";
    }
    return loopback.equals("127.0.0.1") ? "10.77.0.2" : loopback.replace("127.0.0.", "10.77.0.10");
  }

  @Override
  String awayAddress(String loopback) {
    if (loopback.equals("::1")) {
      return "fd77::1";
    }
    return loopback.equals("127.0.0.1") ? "10.77.0.1" : loopback.replace("127.0.0.", "10.77.0.5");
  }

  /** Frames are of one link, so one is named where the address does not tell. */
  @Override
  DatagramSpec fitting(DatagramSpec spec) throws Exception {
    DatagramSpec fits = spec.chunkSize() > 4096 ? spec.chunks(spec.chunks(), 4096) : spec;
    boolean told = spec.link().isPresent() || !spec.local().getAddress().isAnyLocalAddress();
    return told ? fits : fits.on(links.snapshot().link("left").isPresent() ? "left" : "right");
  }

  /** A queue of an interface has one port of AF_XDP. */
  @Override
  DatagramPort beside(DatagramSpec spec) throws Exception {
    return home(() -> later(sockets.open(spec)));
  }

  @Override
  DatagramPort opposite(int receiveBuffer) throws Exception {
    DatagramSpec spec =
        DatagramSpec.at(new java.net.InetSocketAddress("10.77.0.1", 0))
            .receiveBuffer(receiveBuffer);
    return away(() -> later(sockets.open(spec)));
  }

  /** The headers stay where they came. */
  @Override
  int room(DatagramPort port, int room) {
    return room;
  }

  /** A port of frames says it without the name. */
  @Override
  String state(String words) {
    return words.substring(words.lastIndexOf(' ') + 1);
  }

  /** Frames that the kernel does not take stay in the ring until the port is closed. */
  @Override
  long notSent(DatagramPort port) {
    return super.notSent(port) + port.report().census().sending();
  }

  /** The kernel keeps no frames for which there is no chunk: they are dropped, and counted. */
  @Override
  @Test
  void whoHoldsEverythingStarvesThePortUntilItGivesBack() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 2048));
    DatagramPort peer = opposite(0);
    DatagramBatch batch = new DatagramBatch(100);
    DatagramBatch held = new DatagramBatch(64);
    peer.reserve(batch, 100);
    for (int i = 0; i < batch.count(); i++) {
      batch.length(i, 8);
      batch.remote(i, port.local());
    }
    assertEquals(100, peer.send(batch));
    settled(
        () -> {
          DatagramBatch more = new DatagramBatch(64);
          port.receive(more);
          while (!more.isEmpty()) {
            more.moveTo(held, more.count() - 1);
            more.removeFirst(0);
            more.compact();
          }
          return port.statistics().received() + port.statistics().receiveDropped() == 100;
        });
    assertEquals(held.count(), port.report().census().held());
    port.release(held);
    settled(() -> port.report().census().held() == 0 && port.report().census().missing() == 0);
  }

  /** What comes in several packets is put together by the kernel, and comes by another way. */
  @Override
  boolean inOrder() {
    return false;
  }

  /** Members: the interface chooses the queue, and cannot look into payloads. */
  @Override
  @Test
  void membersAreChosenByBytesOfThePayload() throws Exception {
    DatagramSpec spec =
        DatagramSpec.at(loopback("127.0.0.1", 0)).member(0, new DatagramSpec.Steering(2, 4));
    assertFalse(home(() -> driver().probe(spec)).works());
    PortException refused =
        assertThrows(PortException.class, () -> home(() -> driver().open(spec)));
    assertSays("members", refused);
  }

  /** Frames pass by the queues of the kernel, so what has no room is what the port's rings lack. */
  @Override
  @Test
  void whatTheKernelHasNoRoomForStaysInTheBatch() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramPort peer = opposite(1 << 22);
    DatagramBatch batch = new DatagramBatch(64);
    DatagramBatch came = new DatagramBatch(64);
    int sent = 0;
    int heard = 0;
    while (heard < 5000) {
      if (batch.isEmpty() && sent + batch.count() < 5000) {
        int reserved = port.reserve(batch, Math.min(64, 5000 - sent));
        for (int i = 0; i < reserved; i++) {
          batch.length(i, 1000);
          batch.remote(i, peer.local());
        }
      }
      int before = batch.count();
      int taken = port.send(batch);
      assertEquals(before - taken, batch.count());
      sent += taken;
      port.flush();
      heard += peer.receive(came);
      peer.release(came);
    }
    assertEquals(5000, port.statistics().sent());
  }

  @Override
  @Test
  void theKernelChoosesAmongMembersThatDoNotSay() throws Exception {
    membersAreChosenByBytesOfThePayload();
  }

  @Test
  void withoutATableOfLinksItSaysWhatIsMissing() throws Exception {
    DatagramSpec spec = DatagramSpec.at(loopback("0.0.0.0", 0));
    assertFalse(home(() -> driver().probe(spec)).works());
    assertSays(
        "none is named", assertThrows(PortException.class, () -> home(() -> driver().open(spec))));
    assertSays(
        "no link nosuch0",
        assertThrows(PortException.class, () -> home(() -> driver().open(spec.on("nosuch0")))));
    assertTrue(home(() -> driver().probe(spec.on("right"))).works());
    assertEquals(name(), home(() -> driver().probe(spec.on("right"))).driver());
  }

  Wire wire() {
    return wire;
  }
}
