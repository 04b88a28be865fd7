// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Membership;
import org.sluice.packet.proto.NeighbourTable.Route;
import org.sluice.packet.proto.UdpSettings.Reports;

/**
 * Frames of which some bytes are wrong, a million of them. The frame is all there is: whoever reads
 * or writes a byte outside of it fails.
 *
 * <p>How many: {@code -Dsluice.fuzz=N}; many with {@code -Dsluice.long=true}. From where: {@code
 * -Dsluice.seed=S}, which a failure names.
 */
class FuzzTest {
  private static final long COUNT =
      Long.getLong("sluice.fuzz", Boolean.getBoolean("sluice.long") ? 50_000_000 : 2_000_000);
  private static final long SEED = Long.getLong("sluice.seed", 20_260_101);
  private static final int ROOM = 4096;
  private static final String MACS = "02005e100002 02005e100001 ";

  /** What {@link Crafted} does not make. */
  private static final List<String> OTHERS =
      List.of(
          MACS + "0806 0001 0800 06 04 0001 02005e100001 c0000201 000000000000 c0000202",
          "01005e000001 02005e100001 0800 46c0 0024 0000 0000 0102 4247 c00002fe e0000001"
              + "94040000 118f df6d 00000000 027d 0001 c0000201",
          "01005e000016 02005e100001 0800 46c0 0034 0000 0000 0102 4223 c0000201 e0000016"
              + "94040000 2200 0000 0000 0002 04000000 ef010203 05000001 ef010204 c0000201",
          MACS
              + "86dd 6000 0000 0020 3a ff 20010db8000000000000000000000001"
              + "20010db8000000000000000000000002 8700 0000 00000000"
              + "20010db8000000000000000000000002 01 01 02005e100001",
          MACS
              + "86dd 6000 0000 0020 3a ff 20010db8000000000000000000000001"
              + "20010db8000000000000000000000002 8800 0000 60000000"
              + "20010db8000000000000000000000001 02 01 02005e100001",
          MACS
              + "86dd 6000 0000 0034 00 01 fe800000000000000000000000000001"
              + "ff020000000000000000000000000016 3a00 0502 0000 0100 8f00 0000 0000 0001"
              + "04000001 ff020000000000000000000000010003 20010db8000000000000000000000001",
          MACS
              + "86dd 6000 0000 0024 00 01 fe800000000000000000000000000001"
              + "ff020000000000000000000000000001 3a00 0502 0000 0100 8200 0000 9fff 0000"
              + "ff020000000000000000000000010003 027d 0000",
          MACS
              + "0800 4500 0038 0001 0000 4001 0000 c00002fe c0000202 0304 0000 0000 0100"
              + "4500 05dc 0001 4000 4011 0000 c0000202 c0000201 0035 1388 05c8 0000",
          MACS
              + "86dd 6000 0000 0038 3a ff 20010db8000000000000000000000001"
              + "20010db8000000000000000000000002 0200 0000 00000500 6000 0000 0200 11 40"
              + "20010db8000000000000000000000002 20010db8000000000000000000000001"
              + "0035 1388 0200 0000");

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final MemorySegment all = Arena.ofAuto().allocate(ROOM);
  private final byte[][] seeds = seeds();
  private final Layers layers = new Layers();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Udp udp = new Udp();
  private final Icmp6 icmp6 = new Icmp6();

  private byte[][] seeds() {
    SplittableRandom shapes = new SplittableRandom(SEED + 1);
    byte[][] seeds = new byte[512][];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] =
          i % 4 == 0 ? Bytes.hex(OTHERS.get(i / 4 % OTHERS.size())) : new Crafted(shapes).frame;
    }
    return seeds;
  }

  /** A frame with some bytes wrong, or all of them, or cut off. */
  private byte[] frame() {
    byte[] bytes = seeds[random.nextInt(seeds.length)];
    int kind = random.nextInt(16);
    int length = bytes.length;
    if (kind < 5) {
      length = random.nextInt(length + 1);
    } else if (kind == 5) {
      length = Math.min(length + random.nextInt(40), 1514);
    }
    byte[] made = java.util.Arrays.copyOf(bytes, length);
    if (kind == 15) {
      random.nextBytes(made);
      if (length > 14) {
        made[12] = (byte) (random.nextBoolean() ? 0x08 : 0x86);
        made[13] = (byte) (made[12] == 8 ? 0 : 0xdd);
      }
    }
    int wrong = length == 0 ? 0 : random.nextInt(5);
    for (int i = 0; i < wrong; i++) {
      // The headers are where it hurts.
      int at = random.nextInt(random.nextInt(3) == 0 ? length : Math.min(length, 80));
      made[at] =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xff;
            case 2 -> (byte) (made[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt();
          };
    }
    return made;
  }

  private static void fail(long index, byte[] frame, Throwable cause) {
    throw new AssertionError(
        "input " + index + " of seed " + SEED + ": " + Bytes.hex(frame), cause);
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void noBytesHarmTheDecoders() {
    PacketText text = new PacketText();
    Matcher[] matchers = {
      Matcher.of(Match.parse("udp port 53")),
      Matcher.of(Match.parse("tcp port 80 or arp or icmp6")),
      Matcher.of(Match.parse("to 2001:db8::2 port 53 or to 192.0.2.2 or ethertype 0x8100")),
    };
    Headers headers = new Headers();
    long sound = 0;
    long matched = 0;
    long sink = 0;
    for (long i = 0; i < COUNT; i++) {
      byte[] frame = frame();
      MemorySegment memory = all.asSlice(ROOM - frame.length);
      MemorySegment.copy(frame, 0, memory, JAVA_BYTE, 0, frame.length);
      try {
        if (layers.parse(memory, 0, frame.length) == Refusal.NONE) {
          sound++;
          int end = (int) layers.payload() + layers.payloadLength();
          assertTrue(end <= frame.length && layers.payloadLength() >= 0);
        }
        for (Matcher matcher : matchers) {
          matched += matcher.matches(memory, 0, frame.length) ? 1 : 0;
        }
        sink = headers.all(memory, random.nextInt(frame.length + 1), frame.length);
        if (i % 8 == 0) {
          String line = text.line(memory, 0, frame.length);
          assertTrue(line.length() < 600 && line.indexOf('\n') < 0);
        }
        assertEquals(-1, memory.mismatch(MemorySegment.ofArray(frame)), "it was written to");
      } catch (RuntimeException | AssertionError e) {
        fail(i, frame, e);
      }
    }
    assertTrue(sound > COUNT / 20 && matched > COUNT / 20, sound + " " + matched + " " + sink);
  }

  /** Every header laid on the same bytes, and everything asked of it that it allows. */
  private static final class Headers {
    private final Ipv4 four = new Ipv4();
    private final Ipv6 six = new Ipv6();
    private final Udp udp = new Udp();
    private final Tcp tcp = new Tcp();
    private final Arp arp = new Arp();
    private final Icmp icmp = new Icmp();
    private final Icmp6 icmp6 = new Icmp6();
    private final NeighbourDiscovery neighbour = new NeighbourDiscovery();
    private final Igmp igmp = new Igmp();
    private final Mld mld = new Mld();
    private final Options options = new Options();
    private final GroupRecords records = new GroupRecords();
    private final Ipv4 quotedFour = new Ipv4();
    private final Ipv6 quotedSix = new Ipv6();
    private long sink;

    private long all(MemorySegment memory, int from, int to) {
      int length = to - from;
      MemorySegment only = memory.asSlice(from, length);
      if (four.wrap(only, 0, length) == Refusal.NONE) {
        sink += four.destination() + four.payloadLength() + (four.verify() ? 1 : 0);
        four.options(options);
        walk(only);
      }
      if (six.wrap(only, 0, length) == Refusal.NONE) {
        sink += six.destinationLow() + six.identification() + six.payloadLength();
        sink += six.pseudo(17, 8) + six.fragmentOffset();
        six.options(options);
        walk(only);
      }
      if (udp.wrap(only, 0, length) == Refusal.NONE) {
        sink += udp.checksum() + Checksum.sum(only, udp.payload(), udp.payloadLength());
      }
      if (tcp.wrap(only, 0, length) == Refusal.NONE) {
        sink += tcp.urgent() + Checksum.sum(only, tcp.payload(), tcp.payloadLength());
        tcp.options(options);
        walk(only);
      }
      if (arp.wrap(only, 0, length) == Refusal.NONE) {
        sink += arp.target();
      }
      if (icmp.wrap(only, 0, length) == Refusal.NONE) {
        sink += icmp.verify() ? 1 : 0;
        if (icmp.quoted(quotedFour) == Refusal.NONE) {
          sink += Checksum.sum(only, quotedFour.payload(), quotedFour.payloadLength());
        }
      }
      if (icmp6.wrap(only, 0, length) == Refusal.NONE) {
        sink += icmp6.mtu();
        if (icmp6.quoted(quotedSix) == Refusal.NONE) {
          sink += Checksum.sum(only, quotedSix.payload(), quotedSix.payloadLength());
        }
      }
      if (neighbour.wrap(only, 0, length) == Refusal.NONE) {
        sink += neighbour.targetLow() + neighbour.flags() + neighbour.mac(1);
        neighbour.options(options);
        walk(only);
      }
      if (igmp.wrap(only, 0, length) == Refusal.NONE) {
        sink += igmp.group() + igmp.delay() + igmp.version();
        for (int i = 0; i < igmp.sources(); i++) {
          sink += igmp.source(i);
        }
        igmp.records(records);
        records();
      }
      if (mld.wrap(only, 0, length) == Refusal.NONE) {
        sink += mld.groupLow() + mld.delay() + mld.version();
        for (int i = 0; i < mld.sources(); i++) {
          sink += mld.sourceHigh(i) + mld.sourceLow(i);
        }
        mld.records(records);
        records();
      }
      return sink;
    }

    private void walk(MemorySegment memory) {
      while (options.next()) {
        sink += options.type() + Checksum.sum(memory, options.address(), options.length());
      }
    }

    private void records() {
      while (records.next()) {
        sink += records.type() + records.groupHigh() + records.groupLow();
        for (int i = 0; i < records.sources(); i++) {
          sink += records.sourceHigh(i) + records.sourceLow(i);
        }
      }
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void noBytesHarmAPortOfDatagrams() throws Exception {
    // A single chunk, and the frame at its end: a byte further is outside of the memory.
    FakeFrames frames = new FakeFrames(1, 0);
    frames.place = FakeFrames.SIZE;
    UdpSettings settings =
        UdpSettings.at(0x0200_5e10_0002L, 53, "192.0.2.2/24", "2001:db8::2/64")
            .answering()
            .reassembling()
            .reports(Reports.IGMP3);
    NeighbourTable table =
        new NeighbourTable(List.of(Route.onLink("192.0.2.0/24"), Route.onLink("2001:db8::/64")));
    long[] now = {1};
    UdpOverFrames port = UdpOverFrames.over(frames, settings, table, () -> now[0], 3);
    port.join(new Membership(InetAddress.ofLiteral("239.1.2.3"), "eth0"));
    DatagramBatch batch = new DatagramBatch(4);
    long handed = 0;
    for (long i = 0; i < COUNT / 2; i++) {
      byte[] frame = frame();
      if (random.nextBoolean() && frame.length > 40) {
        repair(frame);
      }
      int flags =
          switch (random.nextInt(6)) {
            case 0 -> FrameBatch.CHECKSUM_GOOD;
            case 1 -> FrameBatch.CHECKSUM_PARTIAL;
            case 2 -> random.nextInt(20) == 0 ? FrameBatch.CONTINUED : 0;
            default -> 0;
          };
      now[0] += random.nextInt(10_000_000);
      frames.arriving.add(new FakeFrames.Arrival(frame, flags));
      try {
        long invalid = port.statistics().receiveInvalid();
        int received = port.receive(batch);
        if (port.statistics().receiveInvalid() > invalid && frames.arriving.isEmpty()) {
          untouched(frames.memory(), frame);
        }
        for (int k = 0; k < received; k++) {
          handed++;
          assertTrue(batch.length(k) <= batch.room(k));
          batch.payload(k);
          batch.reply(k, random.nextInt(batch.room(k) + 1));
        }
        if (random.nextInt(3) == 0) {
          port.send(batch);
          port.flush();
        }
        port.release(batch);
        assertEquals(port.waiting(), frames.held());
        frames.left.clear();
        if (port.waiting() > 0) {
          now[0] += TimeUnit.SECONDS.toNanos(5);
          port.await(0);
          now[0] += TimeUnit.SECONDS.toNanos(5);
          port.await(0);
        }
      } catch (RuntimeException | AssertionError e) {
        fail(i, frame, e);
      }
    }
    assertTrue(handed > COUNT / 200, handed + " were handed out");
    port.close();
  }

  /** What was refused was not written to, unless a whole packet had been put together in it. */
  private void untouched(MemorySegment memory, byte[] frame) {
    boolean sound = layers.parse(MemorySegment.ofArray(frame), 0, frame.length) == Refusal.NONE;
    if (!sound || !layers.fragment()) {
      int at = FakeFrames.SIZE - frame.length;
      assertEquals(-1, memory.asSlice(at, frame.length).mismatch(MemorySegment.ofArray(frame)));
    }
  }

  /** Lets wrong bytes get past the checksums, and to our port. */
  private void repair(byte[] frame) {
    MemorySegment memory = MemorySegment.ofArray(frame);
    if (layers.parse(memory, 0, frame.length) != Refusal.NONE || layers.version() == 0) {
      return;
    }
    int network = (int) layers.network();
    long at = layers.transport();
    int length = layers.transportLength();
    boolean first = !layers.fragment();
    if (layers.version() == 4) {
      four.wrap(memory, network, frame.length - network);
      four.fill();
    } else {
      six.wrap(memory, network, frame.length - network);
    }
    switch (layers.protocol()) {
      case 17 -> {
        if (first && udp.wrap(memory, at, length) == Refusal.NONE) {
          udp.destinationPort(53);
          if (layers.version() == 4) {
            udp.fill(four);
          } else {
            udp.fill(six);
          }
        }
      }
      case 1, 2 -> {
        if (length >= 8) {
          Wire.u16(memory, at + 2, 0);
          Wire.u16(memory, at + 2, Checksum.of(memory, at, length));
        }
      }
      case 58 -> {
        if (layers.version() == 6 && icmp6.wrap(memory, at, length) == Refusal.NONE) {
          icmp6.fill(six);
        }
      }
      default -> {}
    }
  }
}
