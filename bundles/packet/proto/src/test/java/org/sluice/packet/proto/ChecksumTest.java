// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  private final SplittableRandom random = new SplittableRandom(71);

  @Test
  void theExampleOfRfc1071() {
    MemorySegment bytes = Bytes.segment(Bytes.hex("0001 f203 f4f5 f6f7"));
    assertEquals(0xddf2, Checksum.sum(bytes, 0, 8));
    assertEquals(0x220d, Checksum.of(bytes, 0, 8));
  }

  @Test
  void everyLengthAtEveryPlaceEqualsTheSlowOne() {
    byte[] bytes = new byte[300];
    for (int round = 0; round < 40; round++) {
      random.nextBytes(bytes);
      if (round % 4 == 1) {
        Arrays.fill(bytes, (byte) 0xff);
      }
      MemorySegment segment = Bytes.segment(bytes);
      for (int from = 0; from < 9; from++) {
        for (int to = from; to <= bytes.length; to++) {
          assertEquals(Bytes.slowSum(bytes, from, to), Checksum.sum(segment, from, to - from));
        }
      }
    }
  }

  @Test
  void ofTheLongestPacketNoCarryIsLost() {
    byte[] bytes = new byte[65_535];
    Arrays.fill(bytes, (byte) 0xff);
    MemorySegment segment = Bytes.segment(bytes);
    assertEquals(Bytes.slowSum(bytes, 0, 65_535), Checksum.sum(segment, 0, 65_535));
    random.nextBytes(bytes);
    segment = Bytes.segment(bytes);
    assertEquals(Bytes.slowSum(bytes, 0, 65_535), Checksum.sum(segment, 0, 65_535));
  }

  @Test
  void sumsOfPartsAddUp() {
    byte[] bytes = new byte[128];
    for (int round = 0; round < 1000; round++) {
      random.nextBytes(bytes);
      MemorySegment segment = Bytes.segment(bytes);
      int cut = 2 * random.nextInt(64);
      assertEquals(
          Checksum.sum(segment, 0, 128),
          Checksum.add(Checksum.sum(segment, 0, cut), Checksum.sum(segment, cut, 128 - cut)));
    }
  }

  @Test
  void theExampleOfRfc1624() {
    assertEquals(0x0000, Checksum.changed(0xdd2f, 0x5555, 0x3285));
  }

  @Test
  void whatIsChangedEqualsWhatIsCountedAnew() {
    byte[] bytes = new byte[64];
    int[] special = {0, 0xffff, 1, 0xfffe, 0x8000};
    for (int round = 0; round < 200_000; round++) {
      random.nextBytes(bytes);
      // A word that is never touched keeps the sum from being that of zeros only.
      bytes[62] = 0x12;
      if (round % 3 == 0) {
        Arrays.fill(bytes, 0, 62, (byte) (round % 2 == 0 ? 0 : 0xff));
      }
      MemorySegment segment = Bytes.segment(bytes);
      int before = Checksum.of(segment, 0, 64);
      int place = 2 * random.nextInt(28);
      int to = round % 2 == 0 ? special[round / 2 % 5] : random.nextInt(0x10000);
      int from = Wire.u16(segment, place);
      Wire.u16(segment, place, to);
      int after = Checksum.changed(before, from, to);
      assertEquals(Checksum.of(segment, 0, 64), after);
      int from32 = Wire.u32(segment, place);
      int to32 = round % 5 == 0 ? -(round % 2) : random.nextInt();
      Wire.u32(segment, place, to32);
      after = Checksum.changed32(after, from32, to32);
      assertEquals(Checksum.of(segment, 0, 64), after);
      long from64 = Wire.u64(segment, place);
      long to64 = round % 5 == 1 ? -(round % 2) : random.nextLong();
      Wire.u64(segment, place, to64);
      assertEquals(Checksum.of(segment, 0, 64), Checksum.changed64(after, from64, to64));
    }
  }

  @Test
  void pseudoHeadersCountAsIfTheyStoodThere() {
    for (int round = 0; round < 10_000; round++) {
      byte[] header = new byte[40];
      random.nextBytes(header);
      Arrays.fill(header, 32, 40, (byte) 0);
      int length = random.nextInt(65_536);
      MemorySegment six = Bytes.segment(header);
      Wire.u32(six, 32, length);
      Wire.u32(six, 36, 58);
      assertEquals(
          Checksum.sum(six, 0, 40),
          Checksum.pseudo6(
              Wire.u64(six, 0),
              Wire.u64(six, 8),
              Wire.u64(six, 16),
              Wire.u64(six, 24),
              58,
              length));
      MemorySegment four = Bytes.segment(Arrays.copyOf(header, 12));
      Wire.u16(four, 8, 17);
      Wire.u16(four, 10, length);
      assertEquals(
          Checksum.sum(four, 0, 12),
          Checksum.pseudo4(Wire.u32(four, 0), Wire.u32(four, 4), 17, length));
    }
  }

  @Test
  void noChecksumOfUdpIsZero() {
    assertEquals(0xffff, Checksum.udp(0));
    assertEquals(0xffff, Checksum.udp(0xffff));
    assertEquals(1, Checksum.udp(1));
  }
}
