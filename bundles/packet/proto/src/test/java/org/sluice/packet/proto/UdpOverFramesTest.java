// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.proto.NeighbourTable.Route;
import org.sluice.packet.proto.UdpSettings.Reports;

/** Two hosts, A and B, and a test that carries the frames between them. */
class UdpOverFramesTest {
  private static final long MAC_A = 0x0200_5e10_0001L;
  private static final long MAC_B = 0x0200_5e10_0002L;
  private static final List<Route> ROUTES =
      List.of(
          Route.onLink("192.0.2.0/24"),
          Route.onLink("2001:db8::/64"),
          Route.via("0.0.0.0/0", "192.0.2.254"));

  private final FakeFrames framesA = new FakeFrames(64, 128);
  private final FakeFrames framesB = new FakeFrames(64, 128);
  private final PacketText text = new PacketText();
  private final DatagramBatch batch = new DatagramBatch(32);
  private long now = 1_000_000;
  private UdpOverFrames a = host(framesA, settingsA());
  private UdpOverFrames b = host(framesB, settingsB());

  private static UdpSettings settingsA() {
    return UdpSettings.at(MAC_A, 5000, "192.0.2.1/24", "2001:db8::1/64", "fe80::1/64").answering();
  }

  private static UdpSettings settingsB() {
    return UdpSettings.at(MAC_B, 53, "192.0.2.2/24", "2001:db8::2/64").answering();
  }

  private UdpOverFrames host(FakeFrames frames, UdpSettings settings) {
    return UdpOverFrames.over(frames, settings, new NeighbourTable(ROUTES), () -> now, 7);
  }

  private void a(UdpSettings settings) {
    a = host(framesA, settings);
  }

  private void b(UdpSettings settings) {
    b = host(framesB, settings);
  }

  @AfterEach
  void close() {
    assertEquals(
        a.report().facts().get("waiting for neighbours"),
        Integer.toString(framesA.held()),
        "all chunks but those that wait are back");
    assertEquals(0, framesB.held());
    a.close();
    b.close();
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private void send(UdpOverFrames from, String to, int port, byte[] payload) {
    send(from, to, port, payload, 1);
  }

  private void send(UdpOverFrames from, String to, int port, byte[] payload, int times) {
    assertEquals(times, from.reserve(batch, times));
    for (int i = 0; i < times; i++) {
      batch.length(i, payload.length);
      MemorySegment.copy(payload, 0, batch.memory(), JAVA_BYTE, batch.address(i), payload.length);
      batch.remote(i, at(to, port));
    }
    assertEquals(times, from.send(batch));
    assertTrue(batch.isEmpty());
  }

  private int receive(UdpOverFrames at) {
    return at.receive(batch);
  }

  private byte[] payload(int index) {
    return batch.payload(index).toArray(JAVA_BYTE);
  }

  /** Carries what has left one host to the other. */
  private static void carry(FakeFrames from, FakeFrames to) {
    from.left.forEach(to::arrive);
    from.left.clear();
  }

  private String line(byte[] frame) {
    return text.line(Bytes.segment(frame), 0, frame.length);
  }

  /** A asks for B, is answered, and what has waited leaves. */
  private void meet(String addressOfB) {
    send(a, addressOfB, 53, new byte[] {1});
    carry(framesA, framesB);
    assertEquals(0, receive(b));
    carry(framesB, framesA);
    assertEquals(0, receive(a));
    assertEquals(1, framesA.left.size());
    framesA.left.clear();
    send(b, addressOfB.contains(":") ? "2001:db8::1" : "192.0.2.1", 5000, new byte[] {1});
    carry(framesB, framesA);
    receive(a);
    a.release(batch);
    carry(framesA, framesB);
    receive(b);
    carry(framesB, framesA);
    receive(a);
    a.release(batch);
  }

  @Test
  void whoIsNotKnownIsAskedForAndWaitsNotLong() {
    byte[] hello = "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    send(a, "192.0.2.2", 53, hello);
    assertEquals(1, framesA.left.size());
    assertEquals(
        "02:00:5e:10:00:01 > ff:ff:ff:ff:ff:ff arp who has 192.0.2.2? tell 192.0.2.1",
        line(framesA.left.getFirst()));
    assertEquals("1", a.report().facts().get("waiting for neighbours"));
    carry(framesA, framesB);
    assertEquals(0, receive(b));
    assertEquals(
        "02:00:5e:10:00:02 > 02:00:5e:10:00:01 arp 192.0.2.2 is at 02:00:5e:10:00:02",
        line(framesB.left.getFirst()));
    carry(framesB, framesA);
    assertEquals(0, receive(a));
    assertEquals(
        "02:00:5e:10:00:01 > 02:00:5e:10:00:02 ip 192.0.2.1:5000 > 192.0.2.2:53 udp, 5 bytes",
        line(framesA.left.getFirst()));
    assertEquals(1, a.statistics().sent());
    assertEquals(5, a.statistics().sentBytes());
    carry(framesA, framesB);
    assertEquals(1, receive(b));
    assertArrayEquals(hello, payload(0));
    assertEquals(at("192.0.2.1", 5000), batch.remote(0));
    assertEquals(at("192.0.2.2", 53), batch.local(0));
    assertEquals(1, b.statistics().received());
    b.release(batch);
  }

  @Test
  void anAnswerIsWrittenAroundItsPayload() {
    meet("2001:db8::2");
    send(b, "2001:db8::1", 5000, new byte[] {1, 2, 3, 4});
    carry(framesB, framesA);
    assertEquals(1, receive(a));
    long place = batch.address(0);
    Wire.u32(batch.memory(), place, 0x0506_0708);
    batch.reply(0, 4);
    assertEquals(1, a.send(batch));
    assertEquals(
        "02:00:5e:10:00:01 > 02:00:5e:10:00:02 ip6 [2001:db8:0:0:0:0:0:1]:5000 >"
            + " [2001:db8:0:0:0:0:0:2]:53 udp, 4 bytes",
        line(framesA.left.getFirst()));
    carry(framesA, framesB);
    assertEquals(1, receive(b));
    assertArrayEquals(new byte[] {5, 6, 7, 8}, payload(0));
    b.release(batch);
  }

  @Test
  void byATagOnly() {
    a(settingsA().vlan(100));
    b(settingsB().vlan(100));
    meet("192.0.2.2");
    send(a, "192.0.2.2", 53, new byte[] {1});
    assertTrue(line(framesA.left.getFirst()).contains(" vlan 100 ip "));
    carry(framesA, framesB);
    assertEquals(1, receive(b));
    b.release(batch);
    b(settingsB());
    send(a, "192.0.2.2", 53, new byte[] {1});
    carry(framesA, framesB);
    assertEquals(0, receive(b));
    assertEquals("1", b.report().facts().get("ignored"));
  }

  @Test
  void whoDoesNotAnswerIsGivenUpAndTriedAgain() {
    send(a, "192.0.2.9", 53, new byte[] {1}, 5);
    assertEquals(2, a.statistics().sendDropped(), "three may wait");
    assertEquals(3, framesA.held());
    assertEquals(1, framesA.left.size());
    for (int i = 0; i < 20; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(250);
      a.await(0);
    }
    assertEquals(3, framesA.left.size(), "asked three times in all");
    assertEquals(0, framesA.held());
    assertEquals(5, a.statistics().sendDropped());
    send(a, "192.0.2.9", 53, new byte[] {1});
    assertEquals(6, a.statistics().sendDropped() + framesA.held());
    now += TimeUnit.SECONDS.toNanos(10);
    framesA.left.clear();
    send(a, "192.0.2.9", 53, new byte[] {1});
    assertEquals(1, framesA.left.size());
  }

  @Test
  void strangersBehindAGateway() {
    send(a, "198.51.100.7", 53, new byte[] {1});
    assertTrue(line(framesA.left.getFirst()).endsWith("who has 192.0.2.254? tell 192.0.2.1"));
    send(a, "2001:db8:1::7", 53, new byte[] {1});
    assertEquals(1, a.statistics().sendDropped(), "there is no way");
  }

  @Test
  void whatThePortHasNoRoomForStaysInTheBatch() {
    meet("192.0.2.2");
    assertEquals(10, a.reserve(batch, 10));
    for (int i = 0; i < 10; i++) {
      batch.length(i, 1);
      Wire.u8(batch.memory(), batch.address(i), i);
      batch.remote(i, at(i == 2 ? "0.0.0.0" : "192.0.2.2", i == 7 ? 0 : 53));
    }
    framesA.room = 4;
    assertEquals(5, a.send(batch), "one was dropped");
    assertEquals(5, batch.count());
    assertEquals(5, Wire.u8(batch.memory(), batch.address(0)));
    assertEquals(1, a.statistics().sendInvalid());
    assertEquals(5, framesA.held());
    framesA.room = Integer.MAX_VALUE;
    assertEquals(5, a.send(batch));
    assertEquals(2, a.statistics().sendInvalid());
    carry(framesA, framesB);
    assertEquals(8, receive(b));
    int[] order = {0, 1, 3, 4, 5, 6, 8, 9};
    for (int i = 0; i < 8; i++) {
      assertEquals(order[i], payload(i)[0]);
    }
    b.release(batch);
  }

  @Test
  void fromAnAddressThatIsNotOursNothingLeaves() {
    meet("192.0.2.2");
    for (String from : List.of("192.0.2.77", "2001:db8::1")) {
      a.reserve(batch, 1);
      batch.remote(0, at("192.0.2.2", 53));
      InetSocketAddress local = at(from, 5000);
      batch.local(0, Ip.high(local.getAddress()), Ip.low(local.getAddress()), 5000);
      assertEquals(1, a.send(batch));
    }
    assertEquals(2, a.statistics().sendInvalid());
  }

  @Test
  void aNarrowPathIsLearned() {
    meet("192.0.2.2");
    send(a, "192.0.2.2", 53, new byte[1400]);
    byte[] sent = framesA.left.removeFirst();
    byte[] error = tooLong(sent, 1300);
    framesA.arrive(error);
    receive(a);
    send(a, "192.0.2.2", 53, new byte[1273]);
    assertEquals(1, a.statistics().sendInvalid());
    send(a, "192.0.2.2", 53, new byte[1272]);
    assertEquals(1, a.statistics().sendInvalid());
    assertEquals(1, framesA.left.size());
    sent[14 + 20 + 1] ^= 1;
    framesA.arrive(tooLong(sent, 600));
    receive(a);
    send(a, "192.0.2.2", 53, new byte[1272]);
    assertEquals(1, a.statistics().sendInvalid(), "who guesses the port is not believed");
    now += PathMtus.LIFETIME;
    framesA.left.clear();
    send(a, "192.0.2.2", 53, new byte[1400]);
    assertEquals(1, a.statistics().sendInvalid());
  }

  @Test
  void aNarrowPathOfIpv6IsLearned() {
    meet("2001:db8::2");
    send(a, "2001:db8::2", 53, new byte[1400]);
    byte[] sent = framesA.left.removeFirst();
    byte[] error = new byte[14 + 40 + 8 + 500];
    MemorySegment memory = MemorySegment.ofArray(error);
    Ethernet.write(memory, 0, MAC_A, MAC_B, Ethernet.IPV6);
    memory.set(JAVA_BYTE, 54, (byte) Icmp6.TOO_BIG);
    Wire.u32(memory, 58, 100);
    MemorySegment.copy(sent, 14, memory, JAVA_BYTE, 62, 500);
    long net = 0x2001_0db8_0000_0000L;
    UdpSender.message6(memory, 14, 508, 64, net, 2, net, 1);
    framesA.arrive(error);
    receive(a);
    send(a, "2001:db8::2", 53, new byte[1280 - 48 + 1]);
    assertEquals(1, a.statistics().sendInvalid());
    send(a, "2001:db8::2", 53, new byte[1280 - 48]);
    assertEquals(1, a.statistics().sendInvalid(), "every link takes 1280 bytes");
  }

  private static byte[] tooLong(byte[] sent, int mtu) {
    byte[] error = new byte[14 + 20 + 8 + 28];
    MemorySegment memory = MemorySegment.ofArray(error);
    Ethernet.write(memory, 0, MAC_A, MAC_B, Ethernet.IPV4);
    Ipv4.write(memory, 14, 56, 1, 0, 64, 1, 0xc000_02fe, 0xc000_0201);
    MemorySegment.copy(sent, 14, memory, JAVA_BYTE, 42, 28);
    Icmp icmp = new Icmp();
    icmp.wrap(memory, 34, 36);
    icmp.type(Icmp.UNREACHABLE);
    icmp.code(Icmp.FRAGMENTATION_NEEDED);
    icmp.mtu(mtu);
    icmp.fill();
    return error;
  }

  @Test
  void groups() throws Exception {
    Membership all = new Membership(InetAddress.ofLiteral("239.1.2.3"), "eth0");
    Membership one =
        new Membership(
            InetAddress.ofLiteral("ff02::1:3"),
            "eth0",
            Optional.of(InetAddress.ofLiteral("fe80::1")));
    send(a, "239.1.2.3", 53, new byte[] {1});
    assertTrue(
        line(framesA.left.getFirst())
            .startsWith("02:00:5e:10:00:01 > 01:00:5e:01:02:03 ip 192.0.2.1:5000 > 239.1.2.3:53"));
    assertEquals(1, framesA.left.getFirst()[14 + 8], "hops");
    send(a, "ff02::1:3", 53, new byte[] {2});
    assertTrue(line(framesA.left.getLast()).contains("33:33:00:01:00:03 ip6 [fe80:"));
    assertEquals(1, framesA.left.getLast()[14 + 7], "hops");
    List<byte[]> sent = List.copyOf(framesA.left);
    framesA.left.clear();
    sent.forEach(framesB::arrive);
    assertEquals(0, receive(b));
    b.join(all);
    b.join(one);
    assertTrue(framesB.left.isEmpty(), "nobody is told");
    sent.forEach(framesB::arrive);
    assertEquals(2, receive(b));
    assertEquals(at("239.1.2.3", 53), batch.local(0));
    b.release(batch);
    b.leave(one);
    b.leave(one);
    sent.forEach(framesB::arrive);
    assertEquals(1, receive(b));
    b.release(batch);
    b(settingsB().on("eth0", 3));
    PortException wrong =
        assertThrows(
            PortException.class,
            () -> b.join(new Membership(InetAddress.ofLiteral("239.1.2.3"), "eth1")));
    assertTrue(wrong.toString().contains("eth0"), wrong.toString());
  }

  @Test
  void routersAreToldAboutGroups() throws Exception {
    b(settingsB().reports(Reports.IGMP3));
    Membership four =
        new Membership(
            InetAddress.ofLiteral("232.1.2.3"),
            "eth0",
            Optional.of(InetAddress.ofLiteral("192.0.2.1")));
    Membership six = new Membership(InetAddress.ofLiteral("ff05::1:3"), "eth0");
    b.join(four);
    b.join(six);
    b.join(six);
    assertEquals(2, framesB.left.size());
    assertTrue(
        line(framesB.left.getFirst())
            .endsWith(
                "01:00:5e:00:00:16 ip 192.0.2.2 > 224.0.0.22 igmp v3 report allows 232.1.2.3 (1"
                    + " sources)"));
    assertTrue(
        line(framesB.left.getLast())
            .endsWith(
                "ff02:0:0:0:0:0:0:16 mld v2 report now-excludes ff05:0:0:0:0:0:1:3 (0 sources)"),
        line(framesB.left.getLast()));
    framesB.left.clear();
    now += TimeUnit.SECONDS.toNanos(1);
    b.await(0);
    assertEquals(2, framesB.left.size(), "once more, lest it was lost");
    framesB.left.clear();
    framesB.arrive(
        Bytes.hex(
            "01005e000001 02005e1000fe 0800 46c0 0020 0000 0000 0102 0000 c00002fe e0000001"
                + "94040000 1164 ee9b 00000000"));
    byte[] query = framesB.arriving.getLast().bytes;
    MemorySegment memory = MemorySegment.ofArray(query);
    Wire.u16(memory, 24, Checksum.of(memory, 14, 24));
    assertEquals(0, receive(b));
    assertTrue(framesB.left.isEmpty());
    now += TimeUnit.SECONDS.toNanos(10);
    b.flush();
    b.await(0);
    assertEquals(2, framesB.left.size());
    framesB.left.clear();
    b.leave(four);
    b.leave(six);
    assertTrue(line(framesB.left.getFirst()).contains(" blocks 232.1.2.3"));
    assertTrue(line(framesB.left.getLast()).contains(" now-includes ff05:"));
    b(settingsB().reports(Reports.IGMP2));
    framesB.left.clear();
    b.join(four);
    b.leave(four);
    assertTrue(line(framesB.left.getFirst()).endsWith(" > 232.1.2.3 igmp v2 report 232.1.2.3"));
    assertTrue(line(framesB.left.getLast()).endsWith(" > 224.0.0.2 igmp v2 leave 232.1.2.3"));
  }

  @Test
  void whatIsBrokenOrForOthersIsNotHandedOut() {
    meet("192.0.2.2");
    long invalid = b.statistics().receiveInvalid();
    send(a, "192.0.2.2", 53, new byte[] {1, 2, 3});
    byte[] good = framesA.left.removeFirst();
    byte[] payload = good.clone();
    payload[44] ^= 1;
    framesB.arrive(payload);
    byte[] header = good.clone();
    header[24] ^= 1;
    framesB.arrive(header);
    byte[] mac = good.clone();
    mac[5] ^= 1;
    framesB.arrive(mac);
    byte[] toAll = good.clone();
    Arrays.fill(toAll, 0, 6, (byte) 0xff);
    framesB.arrive(toAll);
    framesB.arrive(Arrays.copyOf(good, 40));
    assertEquals(0, receive(b));
    assertEquals(invalid + 3, b.statistics().receiveInvalid());
    assertEquals("2", b.report().facts().get("ignored"));
    framesB.arriving.add(new FakeFrames.Arrival(payload, FrameBatch.CHECKSUM_PARTIAL));
    framesB.arriving.add(new FakeFrames.Arrival(payload, FrameBatch.CHECKSUM_GOOD));
    byte[] none = good.clone();
    none[40] = 0;
    none[41] = 0;
    framesB.arrive(none);
    framesB.arriving.add(new FakeFrames.Arrival(good, FrameBatch.CONTINUED));
    framesB.arriving.add(new FakeFrames.Arrival(good, FrameBatch.CONTINUED));
    framesB.arrive(good);
    framesB.arrive(good);
    assertEquals(4, receive(b));
    assertEquals(invalid + 4, b.statistics().receiveInvalid(), "a packet of three frames");
    b.release(batch);
  }

  @Test
  void fragmentsArePutTogetherIfAskedFor() {
    b(settingsB().reassembling());
    byte[] payload = new byte[1000];
    new SplittableRandom(5).nextBytes(payload);
    List<byte[]> parts = parts(payload, 77);
    framesB.arrive(parts.get(2));
    framesB.arrive(parts.get(0));
    framesB.arrive(parts.get(0));
    assertEquals(0, receive(b));
    framesB.arrive(parts.get(1));
    assertEquals(1, receive(b));
    assertArrayEquals(payload, payload(0));
    assertEquals(at("192.0.2.1", 5000), batch.remote(0));
    assertEquals(0, b.statistics().receiveInvalid());
    b.release(batch);
    byte[] other = parts.get(1).clone();
    other[100] ^= 1;
    framesB.arrive(parts.get(0));
    framesB.arrive(parts.get(1));
    framesB.arrive(other);
    framesB.arrive(parts.get(2));
    assertEquals(0, receive(b), "what overlaps is given up");
    assertEquals(2, b.statistics().receiveInvalid());
    now += TimeUnit.SECONDS.toNanos(11);
    parts.forEach(framesB::arrive);
    assertEquals(1, receive(b));
    b.release(batch);
    b(settingsB());
    parts.forEach(framesB::arrive);
    assertEquals(0, receive(b));
    assertEquals(3, b.statistics().receiveInvalid());
  }

  /** Three fragments of one datagram from A to B. */
  private static List<byte[]> parts(byte[] payload, int identification) {
    byte[] datagram = new byte[8 + payload.length];
    MemorySegment memory = MemorySegment.ofArray(datagram);
    Udp.write(memory, 0, 5000, 53, datagram.length);
    MemorySegment.copy(payload, 0, memory, JAVA_BYTE, 8, payload.length);
    Udp.fill(
        memory,
        0,
        datagram.length,
        Checksum.pseudo4(0xc000_0201, 0xc000_0202, 17, datagram.length));
    int[] cuts = {0, 400, 800, datagram.length};
    byte[][] parts = new byte[3][];
    for (int i = 0; i < 3; i++) {
      int length = cuts[i + 1] - cuts[i];
      parts[i] = new byte[34 + length];
      MemorySegment part = MemorySegment.ofArray(parts[i]);
      Ethernet.write(part, 0, MAC_B, MAC_A, Ethernet.IPV4);
      Ipv4.write(
          part,
          14,
          20 + length,
          identification,
          (i < 2 ? 0x2000 : 0) | cuts[i] / 8,
          64,
          17,
          0xc000_0201,
          0xc000_0202);
      System.arraycopy(datagram, cuts[i], parts[i], 34, length);
    }
    return List.of(parts);
  }

  @Test
  void whoIsNotAskedToAnswersNothing() {
    b(UdpSettings.at(MAC_B, 53, "192.0.2.2/24", "2001:db8::2/64"));
    send(a, "192.0.2.2", 53, new byte[] {1});
    send(a, "2001:db8::2", 53, new byte[] {1});
    carry(framesA, framesB);
    assertEquals(0, receive(b));
    assertTrue(framesB.left.isEmpty());
  }

  @Test
  void anAddressThatSomebodyWantsToTakeIsDefended() {
    byte[] frame = new byte[14 + 40 + 24];
    MemorySegment memory = MemorySegment.ofArray(frame);
    Ethernet.write(memory, 0, 0x3333_ff00_0002L, MAC_A, Ethernet.IPV6);
    Wire.u8(memory, 54, NeighbourDiscovery.SOLICITATION);
    Wire.u64(memory, 62, 0x2001_0db8_0000_0000L);
    Wire.u64(memory, 70, 2);
    UdpSender.message6(memory, 14, 24, 255, 0, 0, 0xff02_0000_0000_0000L, 0x1_ff00_0002L);
    framesB.arrive(frame);
    assertEquals(0, receive(b));
    assertEquals(
        "02:00:5e:10:00:02 > 33:33:00:00:00:01 ip6 2001:db8:0:0:0:0:0:2 > ff02:0:0:0:0:0:0:1"
            + " neighbour 2001:db8:0:0:0:0:0:2 is at 02:00:5e:10:00:02",
        line(framesB.left.getFirst()));
    Wire.u8(memory, 21, 254);
    framesB.left.clear();
    framesB.arrive(frame);
    receive(b);
    assertTrue(framesB.left.isEmpty(), "it came from behind a router");
  }

  @Test
  void whatDoesNotFitIntoTheBatchComesNextTime() {
    meet("192.0.2.2");
    DatagramBatch small = new DatagramBatch(3);
    for (int i = 0; i < 5; i++) {
      send(a, "192.0.2.2", 53, new byte[] {(byte) i});
    }
    carry(framesA, framesB);
    assertEquals(3, b.receive(small));
    b.release(small);
    assertTrue(b.await(0));
    assertEquals(2, b.receive(small));
    assertEquals(3, small.payload(0).get(JAVA_BYTE, 0));
    b.release(small);
    assertFalse(b.await(0));
  }

  @Test
  void theLongestPayload() {
    assertEquals(FakeFrames.SIZE - 128, a.payloadSize());
    assertEquals(1, a.reserve(batch, 1));
    assertEquals(a.payloadSize(), batch.room(0));
    batch.length(0, 1473);
    batch.remote(0, at("239.1.1.1", 9));
    assertEquals(1, a.send(batch));
    assertEquals(1, a.statistics().sendInvalid());
    send(a, "239.1.1.1", 9, new byte[1472]);
    assertEquals(1514, framesA.left.getFirst().length);
    try (UdpOverFrames none = host(new FakeFrames(4, 0), settingsA())) {
      assertEquals(FakeFrames.SIZE - UdpSender.HEADERS, none.payloadSize());
      DatagramBatch one = new DatagramBatch(1);
      none.reserve(one, 1);
      assertEquals(none.payloadSize(), one.room(0));
      assertEquals(UdpSender.HEADERS, one.address(0));
      none.release(one);
    }
  }

  @Test
  void toAll() {
    send(a, "192.0.2.255", 53, new byte[] {1});
    send(a, "255.255.255.255", 53, new byte[] {1});
    carry(framesA, framesB);
    assertEquals(2, receive(b));
    b.release(batch);
  }

  @Test
  void afterItWasClosed() {
    FakeFrames frames = new FakeFrames(4, 0);
    UdpOverFrames port = host(frames, settingsA());
    port.close();
    port.close();
    DatagramBatch none = new DatagramBatch(1);
    assertThrows(PortClosedException.class, () -> port.receive(none));
    assertThrows(PortClosedException.class, () -> port.send(none));
    assertThrows(PortClosedException.class, () -> port.reserve(none, 1));
    assertThrows(PortClosedException.class, () -> port.await(0));
    assertThrows(
        PortClosedException.class,
        () -> port.join(new Membership(InetAddress.ofLiteral("239.1.2.3"), "eth0")));
  }
}
