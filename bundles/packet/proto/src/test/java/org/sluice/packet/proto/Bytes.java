// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Bytes of frames for tests. */
final class Bytes {
  private Bytes() {}

  /** Reads hex; spaces and line ends are for people. */
  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s+", ""));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The bytes outside the heap; whoever reads behind them fails. */
  static MemorySegment segment(byte[] bytes) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, segment, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment.asSlice(0, bytes.length);
  }

  /** The checksum as its definition says: word by word, with a carry each. */
  static int slowSum(byte[] bytes, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i += 2) {
      int word = (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
      sum += word;
      if (sum > 0xffff) {
        sum = (sum & 0xffff) + 1;
      }
    }
    return sum;
  }
}
