// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is built can be read; what is cut or made up ends in the one exception, and nowhere else.
 */
class NetlinkMessageTest {
  private static final int FIXED = 8;

  /** Two messages; the first has a number, a text and a nest of two. */
  private static MemorySegment sample() {
    NetlinkBuilder builder = new NetlinkBuilder();
    builder.begin(16, NetlinkBuilder.REQUEST | NetlinkBuilder.ACK, 7).u8(2).u8(24).u16(3).u32(9);
    builder.attributeU32(1, 0xfffffffeL);
    builder.attribute(3, "eth0\0".getBytes(StandardCharsets.UTF_8));
    builder.beginNested(18).attributeU8(1, 5).attribute(2, new byte[] {1, 2, 3}).endNested().end();
    builder.begin(20, NetlinkBuilder.REQUEST, 8).u32(1).u32(2).end();
    return builder.bytes();
  }

  @Test
  void whatIsBuiltIsRead() throws Exception {
    NetlinkMessage message = NetlinkMessage.over(sample());
    assertTrue(message.next());
    assertEquals(16, message.type());
    assertEquals(5, message.flags());
    assertEquals(7, message.sequence());
    assertEquals(2, message.u8(0));
    assertEquals(24, message.u8(1));
    assertEquals(3, message.u16(2));
    assertEquals(9, message.s32(4));
    NetlinkAttributes attributes = message.attributes(FIXED);
    assertTrue(attributes.next());
    assertEquals(1, attributes.type());
    assertEquals(0xfffffffeL, attributes.u32());
    assertTrue(attributes.next());
    assertEquals("eth0", new String(attributes.text(), StandardCharsets.UTF_8));
    assertTrue(attributes.next());
    assertEquals(18, attributes.type(), "the mark of a nest is no part of the type");
    NetlinkAttributes nested = attributes.nested();
    assertTrue(nested.next());
    assertEquals(5, nested.u8());
    assertTrue(nested.next());
    assertArrayEquals(new byte[] {1, 2, 3}, nested.bytes());
    assertFalse(nested.next());
    assertFalse(attributes.next());
    assertTrue(message.next());
    assertEquals(20, message.type());
    assertFalse(message.attributes(FIXED).next());
    assertFalse(message.next());
  }

  @Test
  void growsBeyondItsFirstRoom() throws Exception {
    NetlinkBuilder builder = new NetlinkBuilder();
    byte[] large = new byte[3000];
    new Random(1).nextBytes(large);
    for (int i = 0; i < 20; i++) {
      builder.begin(i, 1, i).attribute(2, large).end();
    }
    NetlinkMessage message = NetlinkMessage.over(builder.bytes());
    for (int i = 0; i < 20; i++) {
      assertTrue(message.next());
      NetlinkAttributes attributes = message.attributes(0);
      assertTrue(attributes.next());
      assertArrayEquals(large, attributes.bytes());
    }
    assertFalse(message.next());
  }

  @Test
  void anAttributeThatDoesNotFitIsRefused() {
    NetlinkBuilder builder = new NetlinkBuilder().begin(1, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> builder.attribute(1, new byte[0x10000]));
  }

  @Test
  void everyTruncationIsAnErrorOrTheEnd() {
    MemorySegment whole = sample();
    int first = whole.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    for (long length = 1; length < whole.byteSize(); length++) {
      if (length == first) {
        continue;
      }
      MemorySegment cut = whole.asSlice(0, length);
      assertThrows(
          MalformedMessageException.class, () -> readAll(NetlinkMessage.over(cut)), "at " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 17 + 1000, -1, Integer.MIN_VALUE})
  void aMessageThatLiesAboutItsLength(int length) {
    MemorySegment bytes = MemorySegment.ofArray(sample().toArray(ValueLayout.JAVA_BYTE));
    bytes.set(ValueLayout.JAVA_INT_UNALIGNED, 0, length);
    assertThrows(MalformedMessageException.class, () -> readAll(NetlinkMessage.over(bytes)));
  }

  @ParameterizedTest
  @ValueSource(shorts = {0, 1, 3, 200, -1})
  void anAttributeThatLiesAboutItsLength(short length) {
    MemorySegment bytes = MemorySegment.ofArray(sample().toArray(ValueLayout.JAVA_BYTE));
    bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, NetlinkMessage.HEADER + FIXED, length);
    assertThrows(MalformedMessageException.class, () -> readAll(NetlinkMessage.over(bytes)));
  }

  @Test
  void aMessageDoesNotReadItsNeighbour() throws Exception {
    NetlinkBuilder builder = new NetlinkBuilder();
    builder.begin(1, 1, 1).u32(1).end().begin(2, 1, 2).u32(0x5ec7e7).end();
    NetlinkMessage message = NetlinkMessage.over(builder.bytes());
    assertTrue(message.next());
    assertThrows(MalformedMessageException.class, () -> message.s32(4));
    assertThrows(MalformedMessageException.class, () -> message.s32(1));
    assertThrows(MalformedMessageException.class, () -> message.u8(-1));
    assertThrows(MalformedMessageException.class, () -> message.attributes(8));
  }

  @Test
  void anAttributeDoesNotReadItsNeighbour() throws Exception {
    NetlinkBuilder builder = new NetlinkBuilder();
    builder.begin(1, 1, 1).attributeU8(1, 1).attributeU32(2, 0x5ec7e7).end();
    NetlinkMessage message = NetlinkMessage.over(builder.bytes());
    assertTrue(message.next());
    NetlinkAttributes attributes = message.attributes(0);
    assertTrue(attributes.next());
    assertThrows(MalformedMessageException.class, attributes::u32);
    assertThrows(MalformedMessageException.class, attributes::u16);
    assertThrows(MalformedMessageException.class, attributes::u64);
  }

  @Test
  void madeUpBytes() {
    boolean thorough = Boolean.getBoolean("sluice.long");
    Random random = new Random(20261121);
    byte[] sample = sample().toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < (thorough ? 20_000_000 : 50_000); i++) {
      byte[] bytes = sample.clone();
      if ((i & 1) == 0) {
        bytes = new byte[random.nextInt(120)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
          bytes[0] = (byte) bytes.length;
        }
        for (int k = 1; k < Math.min(4, bytes.length); k++) {
          bytes[k] = 0;
        }
      } else {
        for (int k = 0; k < 3; k++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      try {
        readAll(NetlinkMessage.over(MemorySegment.ofArray(bytes)));
      } catch (MalformedMessageException expected) {
        // The one way in which it may fail.
      }
    }
  }

  /** Reads all there is, as deep as it goes. */
  private static void readAll(NetlinkMessage message) throws MalformedMessageException {
    while (message.next()) {
      if (message.type() == NetlinkMessage.ERROR || message.type() == NetlinkMessage.DONE) {
        NetlinkAck.of(message);
      } else {
        readAll(message.attributes(FIXED), 0);
      }
    }
  }

  private static void readAll(NetlinkAttributes attributes, int depth)
      throws MalformedMessageException {
    while (attributes.next()) {
      assertTrue(attributes.bytes().length <= 0xffff);
      assertTrue(attributes.text().length <= attributes.length());
      if (depth == 0 && attributes.type() == 18) {
        readAll(attributes.nested(), 1);
        NetlinkStructures structures = attributes.structures();
        while (structures.next(8)) {
          structures.s32(4);
          readAll(structures.attributes(8), 1);
        }
      }
    }
  }
}
