// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameBatch;

/** Frames written by hand from the pictures in the RFCs; checksums counted by other means. */
class HeadersTest {
  private static final String MACS = "02005e100002 02005e100001";

  private final Layers layers = new Layers();
  private final PacketText text = new PacketText();

  private static String line(PacketText text, byte[] frame) {
    return text.line(Bytes.segment(frame), 0, frame.length);
  }

  @Test
  void arp() {
    byte[] frame =
        Bytes.hex(
            "ffffffffffff 02005e100001 0806 0001 0800 06 04 0001"
                + "02005e100001 c0000201 000000000000 c0000202");
    MemorySegment memory = Bytes.segment(frame);
    Arp arp = new Arp();
    assertEquals(Refusal.NONE, arp.wrap(memory, 14, 28));
    assertEquals(Arp.REQUEST, arp.operation());
    assertEquals(0x0200_5e10_0001L, arp.senderMac());
    assertEquals(0xc000_0201, arp.sender());
    assertEquals(0, arp.targetMac());
    assertEquals(0xc000_0202, arp.target());
    assertEquals(
        "02:00:5e:10:00:01 > ff:ff:ff:ff:ff:ff arp who has 192.0.2.2? tell 192.0.2.1",
        line(text, frame));
    assertEquals(Refusal.TRUNCATED, arp.wrap(memory, 14, 27));
    Wire.u8(memory, 18, 8);
    assertEquals(Refusal.TYPE, arp.wrap(memory, 14, 28));
    assertThrows(IndexOutOfBoundsException.class, arp::operation);
  }

  /** The header that Wikipedia's and everybody's exercise counts: 45 00 00 73, checksum b861. */
  @Test
  void ipv4() {
    byte[] header = Bytes.hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");
    byte[] packet = java.util.Arrays.copyOf(header, 0x73);
    MemorySegment memory = Bytes.segment(packet);
    Ipv4 ip = new Ipv4();
    assertEquals(Refusal.NONE, ip.wrap(memory, 0, packet.length));
    assertTrue(ip.verify());
    assertEquals(64, ip.hops());
    assertEquals(17, ip.protocol());
    assertTrue(ip.dontFragment());
    assertFalse(ip.fragment());
    assertEquals(95, ip.payloadLength());
    ip.hops(63);
    assertTrue(ip.verify());
    assertEquals(0xb961, ip.checksum());
    ip.source(0x0a00_0001);
    assertFalse(ip.verify());
    ip.fill();
    assertTrue(ip.verify());
  }

  @Test
  void ipv4ThatIsWrong() {
    byte[] good = Bytes.hex("4600 001c 0000 0000 4001 0000 c0a80001 c0a800c7 94040000 01020304");
    MemorySegment memory = Bytes.segment(good);
    Ipv4 ip = new Ipv4();
    assertEquals(Refusal.NONE, ip.wrap(memory, 0, 28));
    Options options = new Options();
    ip.options(options);
    assertTrue(options.next());
    assertEquals(0x94, options.type());
    assertEquals(2, options.length());
    assertFalse(options.next());
    assertEquals(Refusal.TRUNCATED, ip.wrap(memory, 0, 19));
    assertEquals(Refusal.TRUNCATED, ip.wrap(memory, 0, 23));
    assertEquals(Refusal.TRUNCATED, ip.wrap(memory, 0, 27));
    assertEquals(Refusal.NONE, ip.wrapQuoted(memory, 0, 27));
    Wire.u8(memory, 21, 5);
    assertEquals(Refusal.OPTIONS, ip.wrap(memory, 0, 28));
    Wire.u8(memory, 21, 0);
    assertEquals(Refusal.OPTIONS, ip.wrap(memory, 0, 28));
    Wire.u8(memory, 21, 4);
    Wire.u16(memory, 2, 23);
    assertEquals(Refusal.LENGTH, ip.wrap(memory, 0, 28));
    Wire.u8(memory, 0, 0x44);
    assertEquals(Refusal.HEADER_LENGTH, ip.wrap(memory, 0, 28));
    Wire.u8(memory, 0, 0x65);
    assertEquals(Refusal.VERSION, ip.wrap(memory, 0, 28));
  }

  @Test
  void udpOverIpv4() {
    byte[] frame =
        Bytes.hex(
            MACS
                + "0800 4500 0020 0001 4000 4011 b6c8 c0000201 c0000202"
                + "1388 0035 000c 0000 68656c6c");
    MemorySegment memory = Bytes.segment(frame);
    Ipv4 ip = new Ipv4();
    assertEquals(Refusal.NONE, ip.wrap(memory, 14, 32));
    assertTrue(ip.verify());
    Udp udp = new Udp();
    assertEquals(Refusal.NONE, udp.wrap(memory, ip.payload(), ip.payloadLength()));
    assertTrue(udp.verify(ip));
    udp.fill(ip);
    assertEquals(0x9343, udp.checksum());
    assertTrue(udp.verify(ip));
    udp.checksum(0x9344);
    assertFalse(udp.verify(ip));
    assertEquals(Refusal.NONE, layers.parse(memory, 0, 46));
    assertEquals(0, layers.tags());
    assertEquals(-1, layers.outerVlan());
    assertEquals(4, layers.version());
    assertEquals(17, layers.protocol());
    assertEquals(14, layers.network());
    assertEquals(34, layers.transport());
    assertEquals(42, layers.payload());
    assertEquals(4, layers.payloadLength());
    assertEquals(5000, layers.sourcePort());
    assertEquals(53, layers.destinationPort());
    assertEquals(
        "02:00:5e:10:00:01 > 02:00:5e:10:00:02 ip 192.0.2.1:5000 > 192.0.2.2:53 udp, 4 bytes,"
            + " udp checksum wrong",
        text.line(memory, 0, 46));
    Wire.u16(memory, 38, 13);
    assertEquals(Refusal.LENGTH, layers.parse(memory, 0, 46));
    Wire.u16(memory, 38, 7);
    assertEquals(Refusal.LENGTH, layers.parse(memory, 0, 46));
    assertEquals(4, layers.version());
  }

  /** What is behind the packet in the frame is filling and no payload. */
  @Test
  void fillingBehindThePacket() {
    byte[] frame =
        Bytes.hex(
            MACS
                + "0800 4500 001d 0001 4000 4011 b6cb c0000201 c0000202"
                + "1388 0035 0009 0000 68 ffffffffffffffffffffffffffffffff ff");
    assertEquals(60, frame.length);
    assertEquals(Refusal.NONE, layers.parse(Bytes.segment(frame), 0, 60));
    assertEquals(1, layers.payloadLength());
  }

  @Test
  void ipv6WithExtensions() {
    byte[] frame =
        Bytes.hex(
            MACS
                + "8100 6064 86dd 6000 0000 002c 00 40"
                + "20010db8000000000000000000000001 20010db8000000000000000000000002"
                + "2b 00 0502 0000 0100" // hop-by-hop: router alert
                + "3c 00 0000 00000000" // routing, nothing left
                + "2c 00 0104 00000000" // destination options: filling
                + "11 00 0000 00000007" // fragment, whole
                + "1388 0035 000c 0000 68656c6c");
    MemorySegment memory = Bytes.segment(frame);
    assertEquals(Refusal.NONE, layers.parse(memory, 0, frame.length));
    assertEquals(1, layers.tags());
    assertEquals(100, layers.outerVlan());
    assertEquals(17, layers.protocol());
    assertFalse(layers.fragment());
    assertEquals(53, layers.destinationPort());
    assertEquals(4, layers.payloadLength());
    Ipv6 ip = new Ipv6();
    assertEquals(Refusal.NONE, ip.wrap(memory, 18, frame.length - 18));
    assertEquals(72, ip.headerLength());
    assertEquals(7, ip.identification());
    Options options = new Options();
    ip.options(options);
    assertTrue(options.next());
    assertEquals(5, options.type());
    assertTrue(options.next());
    assertEquals(1, options.type());
    assertFalse(options.next());
    Udp udp = new Udp();
    udp.wrap(memory, ip.payload(), ip.payloadLength());
    assertFalse(udp.verify(ip), "without a checksum");
    udp.fill(ip);
    assertTrue(udp.verify(ip));
    assertEquals(0xbbd2, udp.checksum());
    Wire.u16(memory, 18 + 40 + 24 + 2, 9);
    assertEquals(Refusal.NONE, layers.parse(memory, 0, frame.length));
    assertTrue(layers.fragment());
    assertEquals(0, layers.destinationPort());
    Wire.u8(memory, 18 + 40 + 8 + 1, 9);
    assertEquals(Refusal.LENGTH, layers.parse(memory, 0, frame.length));
    Wire.u8(memory, 18 + 40, 0);
    assertEquals(Refusal.CHAIN, layers.parse(memory, 0, frame.length));
  }

  @Test
  void tcp() {
    byte[] segment =
        Bytes.hex("1f90 0050 00000001 00000002 7012 ffff 0000 0000 020405b4 01030307 aabb");
    MemorySegment memory = Bytes.segment(segment);
    Tcp tcp = new Tcp();
    assertEquals(Refusal.NONE, tcp.wrap(memory, 0, 30));
    assertEquals(8080, tcp.sourcePort());
    assertEquals(80, tcp.destinationPort());
    assertEquals(1, tcp.sequence());
    assertEquals(2, tcp.acknowledgement());
    assertEquals(28, tcp.headerLength());
    assertEquals(Tcp.SYN | Tcp.ACK, tcp.flags());
    assertEquals(2, tcp.payloadLength());
    Options options = new Options();
    tcp.options(options);
    assertTrue(options.next());
    assertEquals(2, options.type());
    assertEquals(1460, Wire.u16(memory, options.address()));
    assertTrue(options.next());
    assertEquals(3, options.type());
    assertFalse(options.next());
    assertEquals(Refusal.TRUNCATED, tcp.wrap(memory, 0, 19));
    assertEquals(Refusal.LENGTH, tcp.wrap(memory, 0, 27));
    Wire.u8(memory, 21, 40);
    assertEquals(Refusal.OPTIONS, tcp.wrap(memory, 0, 30));
    Wire.u8(memory, 12, 0x40);
    assertEquals(Refusal.HEADER_LENGTH, tcp.wrap(memory, 0, 30));
  }

  @Test
  void icmpThatSaysTooLong() {
    byte[] message =
        Bytes.hex(
            "0304 0000 0000 0578"
                + "4500 05dc 0001 4000 4011 0000 c0000201 c6336401"
                + "1388 0035 05c8 0000");
    MemorySegment memory = Bytes.segment(message);
    Icmp icmp = new Icmp();
    assertEquals(Refusal.NONE, icmp.wrap(memory, 0, 36));
    icmp.fill();
    assertTrue(icmp.verify());
    assertTrue(icmp.error());
    assertEquals(1400, icmp.mtu());
    Ipv4 quoted = new Ipv4();
    assertEquals(Refusal.NONE, icmp.quoted(quoted));
    assertEquals(0xc633_6401, quoted.destination());
    assertEquals(8, quoted.payloadLength());
    assertEquals(Refusal.TRUNCATED, icmp.wrap(memory, 0, 7));
  }

  @Test
  void neighbourDiscovery() {
    byte[] message =
        Bytes.hex("88 00 0000 60000000 fe800000000000000000000000000002 02 01 02005e100002");
    MemorySegment memory = Bytes.segment(message);
    NeighbourDiscovery neighbour = new NeighbourDiscovery();
    assertEquals(Refusal.NONE, neighbour.wrap(memory, 0, 32));
    assertEquals(NeighbourDiscovery.ADVERTISEMENT, neighbour.type());
    assertEquals(NeighbourDiscovery.SOLICITED | NeighbourDiscovery.OVERRIDE, neighbour.flags());
    assertEquals(0xfe80_0000_0000_0000L, neighbour.targetHigh());
    assertEquals(2, neighbour.targetLow());
    assertEquals(0x0200_5e10_0002L, neighbour.mac(NeighbourDiscovery.TARGET_MAC));
    assertEquals(-1, neighbour.mac(NeighbourDiscovery.SOURCE_MAC));
    assertEquals(Refusal.OPTIONS, neighbour.wrap(memory, 0, 31));
    assertEquals(Refusal.TRUNCATED, neighbour.wrap(memory, 0, 23));
    Wire.u8(memory, 25, 0);
    assertEquals(Refusal.OPTIONS, neighbour.wrap(memory, 0, 32), "a length of zero never ends");
    Wire.u8(memory, 1, 1);
    assertEquals(Refusal.VALUE, neighbour.wrap(memory, 0, 32));
    Wire.u8(memory, 0, 128);
    assertEquals(Refusal.TYPE, neighbour.wrap(memory, 0, 32));
  }

  @Test
  void igmp() {
    Igmp igmp = new Igmp();
    MemorySegment old = Bytes.segment(Bytes.hex("1100 eeff 00000000"));
    assertEquals(Refusal.NONE, igmp.wrap(old, 0, 8));
    assertTrue(igmp.verify());
    assertEquals(1, igmp.version());
    Wire.u8(old, 1, 100);
    assertEquals(2, igmp.version());
    assertEquals(100, igmp.delay());
    MemorySegment query = Bytes.segment(Bytes.hex("118f 0000 ef010203 027d 0001 c0000201"));
    assertEquals(Refusal.NONE, igmp.wrap(query, 0, 16));
    assertEquals(3, igmp.version());
    assertEquals((0xf | 0x10) << 3, igmp.delay());
    assertEquals(1, igmp.sources());
    assertEquals(0xc000_0201, igmp.source(0));
    assertThrows(IndexOutOfBoundsException.class, () -> igmp.source(1));
    assertEquals(Refusal.LENGTH, igmp.wrap(query, 0, 15));
    assertEquals(Refusal.LENGTH, igmp.wrap(query, 0, 11));
    MemorySegment report =
        Bytes.segment(
            Bytes.hex("2200 0000 0000 0002 04000000 ef010203 05000001 ef010204 c0000201"));
    assertEquals(Refusal.NONE, igmp.wrap(report, 0, 28));
    GroupRecords records = new GroupRecords();
    igmp.records(records);
    assertTrue(records.next());
    assertEquals(GroupRecords.TO_EXCLUDE, records.type());
    assertEquals(Ip.mapped(0xef01_0203), records.groupLow());
    assertTrue(records.next());
    assertEquals(GroupRecords.ALLOW, records.type());
    assertEquals(Ip.mapped(0xc000_0201), records.sourceLow(0));
    assertFalse(records.next());
    Wire.u16(report, 6, 3);
    assertEquals(Refusal.LENGTH, igmp.wrap(report, 0, 28));
    Wire.u8(report, 0, 0x99);
    assertEquals(Refusal.TYPE, igmp.wrap(report, 0, 28));
  }

  @Test
  void mld() {
    Mld mld = new Mld();
    MemorySegment query =
        Bytes.segment(
            Bytes.hex(
                "8200 0000 03e8 0000 ff020000000000000000000000010003 027d 0001"
                    + "20010db8000000000000000000000001"));
    assertEquals(Refusal.NONE, mld.wrap(query, 0, 44));
    assertEquals(2, mld.version());
    assertEquals(1000, mld.delay());
    assertEquals(1, mld.sources());
    assertEquals(1, mld.sourceLow(0));
    assertEquals(Refusal.LENGTH, mld.wrap(query, 0, 43));
    assertEquals(Refusal.NONE, mld.wrap(query, 0, 24));
    assertEquals(1, mld.version());
    assertEquals(Refusal.TRUNCATED, mld.wrap(query, 0, 23));
    MemorySegment report =
        Bytes.segment(Bytes.hex("8f00 0000 0000 0001 03000000 ff020000000000000000000000010003"));
    assertEquals(Refusal.NONE, mld.wrap(report, 0, 28));
    GroupRecords records = new GroupRecords();
    mld.records(records);
    assertTrue(records.next());
    assertEquals(0xff02_0000_0000_0000L, records.groupHigh());
    assertEquals(0x1_0003, records.groupLow());
    assertFalse(records.next());
  }

  @Test
  void tagsArePushedAndStripped() {
    byte[] frame = Bytes.hex(MACS + "0800 4500 0014 0001 4000 4011 b6d4 c0000201 c0000202");
    MemorySegment memory = MemorySegment.ofArray(new byte[2048]);
    MemorySegment.copy(MemorySegment.ofArray(frame), 0, memory, 8, frame.length);
    FrameBatch batch = new FrameBatch(18);
    batch.bind(memory, 2048);
    batch.add(8, frame.length, 0);
    assertEquals(-1, VlanTag.strip(batch, 0));
    assertTrue(VlanTag.push(batch, 0, Ethernet.VLAN, 0x6064));
    assertTrue(VlanTag.push(batch, 0, Ethernet.PROVIDER_VLAN, 7));
    assertFalse(VlanTag.push(batch, 0, Ethernet.VLAN, 7), "there is no room left");
    assertEquals(0, batch.address(0));
    assertEquals(
        Bytes.hex(Bytes.hex(MACS + "88a8 0007 8100 6064 0800 4500")),
        Bytes.hex(memory.asSlice(0, 24).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
    layers.parse(batch, 0);
    assertEquals(2, layers.tags());
    assertEquals(7, layers.outerVlan());
    assertEquals(100, layers.innerVlan());
    assertEquals(Ethernet.IPV4, layers.type());
    VlanTag tag = new VlanTag();
    assertEquals(Refusal.NONE, tag.wrap(memory, 18, 4));
    assertEquals(3, tag.priority());
    assertEquals(100, tag.id());
    assertEquals(Ethernet.IPV4, tag.type());
    assertEquals(7, VlanTag.strip(batch, 0));
    assertEquals(0x6064, VlanTag.strip(batch, 0));
    assertEquals(
        Bytes.hex(frame),
        Bytes.hex(batch.frame(0).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
  }

  @Test
  void addressesOfEthernet() {
    assertEquals(0x0100_5e01_0203L, Ethernet.group4(0xef81_0203));
    assertEquals(0x3333_0001_0003L, Ethernet.group6(0x1_0003));
    assertEquals("02:00:5e:10:00:01", Ethernet.text(Ethernet.mac("2:0:5e:10:0:01")));
    assertThrows(IllegalArgumentException.class, () -> Ethernet.mac("02:00:5e:10:00"));
    assertThrows(IllegalArgumentException.class, () -> Ethernet.mac("02:00:5e:10:00:zz"));
  }

  @Test
  void prefixes() {
    Prefix four = Prefix.parse("192.0.2.7/24");
    assertTrue(four.contains(0, Ip.mapped(0xc000_02ff)));
    assertFalse(four.contains(0, Ip.mapped(0xc000_03ff)));
    assertEquals(0xc000_02ff, four.broadcast());
    assertEquals("192.0.2.7/24", four.toString());
    assertTrue(Prefix.parse("0.0.0.0/0").contains(0, Ip.mapped(1)));
    assertFalse(Prefix.parse("0.0.0.0/0").contains(1, 1));
    assertFalse(Prefix.parse("::/0").contains(0, Ip.mapped(1)));
    assertTrue(Prefix.parse("::/0").contains(1, 1));
    assertTrue(Prefix.parse("2001:db8::/65").contains(0x2001_0db8_0000_0000L, 5));
    assertFalse(Prefix.parse("2001:db8::/65").contains(0x2001_0db8_0000_0000L, -5));
    assertEquals(0, Prefix.parse("192.0.2.7/31").broadcast());
    assertThrows(IllegalArgumentException.class, () -> Prefix.parse("192.0.2.7/33"));
    assertThrows(IllegalArgumentException.class, () -> Prefix.parse("192.0.2.7/-1"));
    assertThrows(IllegalArgumentException.class, () -> Prefix.parse("host/24"));
  }
}
