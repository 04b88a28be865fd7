// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;

final class SimulatedNetworkTest {
  private final SimulatedNetwork network = new SimulatedNetwork();
  private final FrameBatch batch = new FrameBatch(64);

  @AfterEach
  void close() {
    network.close();
  }

  private static byte[] packet(int number, int length) {
    byte[] packet = new byte[length];
    packet[12] = (byte) 0x88;
    packet[13] = (byte) 0xb5;
    packet[14] = (byte) (number >> 8);
    packet[15] = (byte) number;
    return packet;
  }

  private void send(FramePort port, int from, int count) {
    for (int i = from; i < from + count; i++) {
      byte[] packet = packet(i, 60);
      assertEquals(1, port.reserve(batch, 1));
      batch.length(0, packet.length);
      batch.frame(0).copyFrom(java.lang.foreign.MemorySegment.ofArray(packet));
      assertEquals(1, port.send(batch));
      port.flush();
    }
  }

  private List<Integer> receive(FramePort port) {
    List<Integer> numbers = new ArrayList<>();
    while (port.receive(batch) > 0) {
      for (int i = 0; i < batch.count(); i++) {
        byte[] bytes = batch.frame(i).toArray(JAVA_BYTE);
        numbers.add((bytes[14] & 0xff) << 8 | (bytes[15] & 0xff));
      }
      port.release(batch);
    }
    return numbers;
  }

  private List<Integer> run(Map<String, String> options) throws PortException {
    try (SimulatedNetwork fresh = new SimulatedNetwork(0)) {
      FrameSpec spec = FrameSpec.on("lan.a");
      for (Map.Entry<String, String> option : options.entrySet()) {
        spec = spec.option(option.getKey(), option.getValue());
      }
      FramePort a = fresh.open(spec);
      FramePort b = fresh.open(FrameSpec.on("lan.b"));
      List<Integer> got = new ArrayList<>();
      for (int i = 0; i < 1000; i += 20) {
        send(a, i, 20);
        got.addAll(receive(b));
      }
      fresh.settle();
      got.addAll(receive(b));
      assertEquals(0, a.report().census().missing());
      assertEquals(0, b.report().census().missing());
      return got;
    }
  }

  @Test
  void whatIsInjectedIsReceivedAndWhatIsSentIsSeen() throws PortException {
    FramePort port = network.open(FrameSpec.on("lan.a"));
    network.inject("lan.a", packet(7, 60));
    assertTrue(port.await(0));
    assertEquals(List.of(7), receive(port));
    send(port, 8, 2);
    assertEquals(2, network.sentCount("lan.a"));
    assertArrayEquals(packet(9, 60), network.sent("lan.a").get(1));
    port.close();
    assertEquals(2, network.sent("lan.a").size(), "what was sent is known afterwards");
    assertThrows(IllegalArgumentException.class, () -> network.inject("lan.a", packet(1, 60)));
    assertThrows(IllegalArgumentException.class, () -> network.sent("lan.z"));
  }

  @Test
  void aHubCarriesToAllOthers() throws PortException {
    FramePort a = network.open(FrameSpec.on("hub.a"));
    FramePort b = network.open(FrameSpec.on("hub.b"));
    FramePort c = network.open(FrameSpec.on("hub.c"));
    FramePort other = network.open(FrameSpec.on("lan.a"));
    send(a, 1, 3);
    assertEquals(List.of(), receive(a));
    assertEquals(List.of(1, 2, 3), receive(b));
    assertEquals(List.of(1, 2, 3), receive(c));
    assertEquals(List.of(), receive(other));
  }

  @Test
  void whatDoesNotMatchGoesToTheHost() throws PortException {
    FramePort port = network.open(FrameSpec.on("lan.a").matching(Match.arp()));
    network.inject("lan.a", packet(1, 60));
    byte[] arp = packet(2, 60);
    arp[12] = 8;
    arp[13] = 6;
    network.inject("lan.a", arp);
    assertEquals(List.of(2), receive(port));
    assertEquals(1, network.toHostCount("lan.a"));
    assertArrayEquals(packet(1, 60), network.toHost("lan.a").getFirst());
  }

  @Test
  void withoutCarrierWhatIsSentIsLostAndCounted() throws PortException {
    FramePort a = network.open(FrameSpec.on("lan.a"));
    FramePort b = network.open(FrameSpec.on("lan.b"));
    network.unplug("lan");
    assertEquals("no carrier", a.report().state());
    send(a, 1, 5);
    network.inject("lan.b", packet(9, 60));
    assertEquals(5, a.statistics().sendDropped());
    assertEquals(List.of(), receive(b));
    network.plug("lan");
    assertEquals("up", a.report().state());
    send(a, 6, 2);
    assertEquals(List.of(6, 7), receive(b));
    assertEquals(0, a.report().census().missing());
  }

  @Test
  void anInterfaceThatIsGoneMovesNothing() throws PortException {
    FramePort a = network.open(FrameSpec.on("lan.a").ring(16));
    FramePort b = network.open(FrameSpec.on("lan.b"));
    network.remove("lan.a");
    assertEquals("gone", a.report().state());
    send(a, 0, 100);
    assertEquals(100, a.statistics().sent() + a.statistics().sendDropped());
    assertTrue(a.statistics().sendDropped() >= 84);
    send(b, 1, 1);
    assertEquals(List.of(), receive(a));
    FramePort again = network.open(FrameSpec.on("lan.a"));
    send(b, 2, 1);
    assertEquals(List.of(2), receive(again));
    assertEquals(List.of(), receive(a));
    a.close();
    send(b, 3, 1);
    assertEquals(List.of(3), receive(again));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sim.loss", "sim.duplicate", "sim.reorder"})
  void everyRunWithASeedIsTheSame(String option) throws PortException {
    Map<String, String> one = Map.of(option, "0.2", "sim.seed", "5");
    List<Integer> first = run(one);
    assertEquals(first, run(one));
    assertNotEquals(first, run(Map.of(option, "0.2", "sim.seed", "6")));
    assertNotEquals(IntStream.range(0, 1000).boxed().toList(), first);
  }

  @Test
  void theSharesAreAbout() throws PortException {
    int lost = 1000 - run(Map.of("sim.loss", "0.2")).size();
    assertTrue(lost > 130 && lost < 270, () -> lost + " of 1000 lost");
    int twice = run(Map.of("sim.duplicate", "0.2")).size() - 1000;
    assertTrue(twice > 130 && twice < 270, () -> twice + " of 1000 twice");
    List<Integer> mixed = run(Map.of("sim.reorder", "0.2"));
    assertEquals(1000, new HashSet<>(mixed).size());
    assertEquals(1000, mixed.size());
    assertEquals(List.of(), run(Map.of("sim.loss", "1")));
  }

  @Test
  void whatIsDelayedArrivesWithLaterOnesOrWhenSomebodyWaits() throws PortException {
    FramePort a = network.open(FrameSpec.on("lan.a").option("sim.delay", "3"));
    FramePort b = network.open(FrameSpec.on("lan.b"));
    send(a, 0, 5);
    assertEquals(List.of(0, 1), receive(b));
    assertTrue(b.await(1));
    assertEquals(List.of(2, 3, 4), receive(b));
    send(a, 5, 2);
    a.close();
    assertEquals(List.of(5, 6), receive(b), "what was sent arrives though its sender is gone");
    assertEquals(
        IntStream.range(0, 1000).boxed().toList(), run(Map.of("sim.delay", "7")), "in order");
    assertEquals(1000, new HashSet<>(run(Map.of("sim.delay", "2", "sim.jitter", "9"))).size());
  }

  @Test
  void longPacketsAreSplitOrCounted() throws PortException {
    FramePort split = network.open(FrameSpec.on("a.a").option("sim.mtu", "9000"));
    FramePort whole =
        network.open(
            FrameSpec.on("b.a").option("sim.mtu", "9000").option("sim.multibuffer", "false"));
    network.inject("a.a", packet(1, 9014));
    network.inject("b.a", packet(1, 9014));
    network.inject("a.a", packet(1, 9019));
    assertEquals(6, split.receive(batch));
    assertEquals(9014 - 5 * 1792, batch.length(5));
    assertTrue(batch.continued(4));
    assertFalse(batch.continued(5));
    split.release(batch);
    assertEquals(0, whole.receive(batch));
    assertEquals(1, whole.statistics().receiveInvalid());
    assertEquals(1, split.statistics().receiveInvalid());
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void whatFindsNoChunkOrNoRoomIsCounted(String wakeup) throws PortException {
    FramePort port =
        network.open(FrameSpec.on("lan.a").chunks(64).ring(16).option("sim.wakeup", wakeup));
    for (int i = 0; i < 100; i++) {
      network.inject("lan.a", packet(i, 60));
    }
    assertEquals(84, port.statistics().receiveDropped());
    for (int round = 0; round < 10; round++) {
      assertFalse(receive(port).isEmpty());
      for (int i = 0; i < 30; i++) {
        network.inject("lan.a", packet(i, 60));
      }
    }
    assertFalse(receive(port).isEmpty());
    assertEquals(0, port.report().census().missing());
  }

  @Test
  void flowsAreSpreadOverQueuesAndStayInOrder() throws PortException {
    List<FramePort> ports = new ArrayList<>();
    for (int queue = 0; queue < 4; queue++) {
      ports.add(network.open(FrameSpec.on("lan.a").queues(queue).option("sim.queues", "4")));
    }
    assertThrows(
        PortException.class,
        () -> network.open(FrameSpec.on("lan.a").queues(3).option("sim.queues", "4")));
    assertThrows(
        PortException.class,
        () -> network.open(FrameSpec.on("lan.a").queues(4).option("sim.queues", "4")));
    assertThrows(PortException.class, () -> network.open(FrameSpec.on("lan.a")));
    int[] queueOf = new int[64];
    java.util.Arrays.fill(queueOf, -1);
    for (int i = 0; i < 256; i++) {
      network.inject("lan.a", udp(i % 64, i));
    }
    int busy = 0;
    for (int queue = 0; queue < 4; queue++) {
      int[] last = new int[64];
      int got = 0;
      while (ports.get(queue).receive(batch) > 0) {
        for (int i = 0; i < batch.count(); i++) {
          int number = batch.frame(i).get(JAVA_INT_UNALIGNED, 42);
          int flow = number % 64;
          assertTrue(queueOf[flow] == -1 || queueOf[flow] == queue, "a flow has one queue");
          queueOf[flow] = queue;
          assertTrue(number >= last[flow]);
          last[flow] = number;
          got++;
        }
        ports.get(queue).release(batch);
      }
      busy += got > 0 ? 1 : 0;
    }
    assertTrue(busy > 1, "the flows are spread");
    ports.get(0).close();
    for (int i = 0; i < 64; i++) {
      network.inject("lan.a", udp(i, i));
    }
    assertEquals(
        java.util.Arrays.stream(queueOf).filter(queue -> queue == 0).count(),
        network.toHostCount("lan.a"),
        "a queue without a port is the host's");
  }

  private static byte[] udp(int port, int number) {
    byte[] packet = new byte[60];
    packet[12] = 8;
    packet[14] = 0x45;
    packet[17] = 46;
    packet[23] = 17;
    packet[34] = (byte) ((1000 + port) >> 8);
    packet[35] = (byte) (1000 + port);
    packet[37] = 53;
    packet[39] = 26;
    java.lang.foreign.MemorySegment.ofArray(packet).set(JAVA_INT_UNALIGNED, 42, number);
    return packet;
  }

  @Test
  void wrongNamesAndOptionsAreRefused() {
    for (String name : new String[] {"lan", ".a", "lan."}) {
      assertThrows(PortException.class, () -> network.open(FrameSpec.on(name)));
    }
    for (String[] option :
        new String[][] {
          {"sim.loss", "1.5"},
          {"sim.loss", "x"},
          {"sim.loss", "NaN"},
          {"sim.mtu", "3"},
          {"sim.lose", "1"}
        }) {
      assertThrows(
          PortException.class,
          () -> network.open(FrameSpec.on("lan.a").option(option[0], option[1])));
    }
    assertThrows(IllegalArgumentException.class, () -> network.unplug("lan"));
  }

  @Test
  void aClosedNetworkOpensNothing() throws PortException {
    FramePort port = network.open(FrameSpec.on("lan.a"));
    network.close();
    assertThrows(PortClosedException.class, () -> port.receive(batch));
    assertThrows(PortException.class, () -> network.open(FrameSpec.on("lan.a")));
  }

  @Test
  void aSimulationIsOnlyChosenWhenItIsMeant() {
    SimDriver driver = new SimDriver();
    assertFalse(driver.probe(FrameSpec.on("eth0.100")).works());
    assertTrue(driver.probe(FrameSpec.on("lan.a").option("sim.seed", "1")).works());
    assertFalse(driver.probe(FrameSpec.on("lan").option("sim.seed", "1")).works());
    driver.close();
  }
}
