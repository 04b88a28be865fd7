// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A stream of bytes that is cut into messages, and what a liar can do to it. */
class FramerTest {
  private static final ObjectPath PATH = new ObjectPath("/a");

  @Test
  void bytesInPiecesOfAnySize() throws Exception {
    byte[] stream = new byte[0];
    for (int i = 0; i < 300; i++) {
      byte[] message =
          bytes(
              Outgoing.of(
                  Header.signal(PATH, "a.B", "M" + i),
                  Body.of(new DBusValue.Bytes(new byte[i * 7])),
                  i % 2 == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
      message = numbered(message, i % 2 == 0, i + 1);
      int at = stream.length;
      stream = Arrays.copyOf(stream, at + message.length);
      System.arraycopy(message, 0, stream, at, message.length);
    }
    Random random = new Random(5);
    for (int most : List.of(1, 3, 100, 70_000, 2_000_000)) {
      Framer framer = new Framer(1_000_000);
      List<String> members = new ArrayList<>();
      for (int at = 0; at < stream.length; ) {
        int size = Math.min(1 + random.nextInt(most), stream.length - at);
        framer.add(ByteBuffer.wrap(stream, at, size));
        at += size;
        for (Framer.Frame frame = framer.next(); frame != null; frame = framer.next()) {
          Message message = assertInstanceOf(Framer.Complete.class, frame).message();
          members.add(String.valueOf(message.header().member()));
          assertEquals(
              7 * (members.size() - 1),
              message.body().value(0).orElseThrow().asBytes().orElseThrow().length);
        }
      }
      assertEquals(300, members.size());
      assertEquals("M299", members.getLast());
    }
  }

  @Test
  void aMessageTooLargeIsPassedOverAndTold() throws Exception {
    Framer framer = new Framer(1000);
    Header answer =
        new Header(
            MessageKind.REPLY, 1, 9, 42, null, null, null, null, null, ":1.7", Signature.NONE);
    byte[] large = bytes(Outgoing.of(answer, Body.of(new DBusValue.Bytes(new byte[100_000]))));
    byte[] small =
        numbered(bytes(Outgoing.of(Header.signal(PATH, "a.B", "M"), Body.EMPTY)), false, 3);
    for (int at = 0; at < large.length; at += 999) {
      framer.add(ByteBuffer.wrap(large, at, Math.min(999, large.length - at)));
      if (at + 999 < large.length) {
        assertNull(framer.next());
      }
    }
    framer.add(ByteBuffer.wrap(small));
    Framer.Refused refused = assertInstanceOf(Framer.Refused.class, framer.next());
    assertTrue(refused.why().contains("1000 are allowed"), refused.why());
    assertEquals(42, java.util.Objects.requireNonNull(refused.header()).replyTo());
    assertInstanceOf(Framer.Complete.class, framer.next());
    assertNull(framer.next());
  }

  @Test
  void aHeaderThatIsWrongCostsOneMessage() throws Exception {
    Framer framer = new Framer(100_000);
    byte[] zeroSerial = bytes(Outgoing.of(Header.signal(PATH, "a.B", "M"), Body.EMPTY));
    byte[] good = numbered(zeroSerial.clone(), false, 1);
    byte[] kindZero = good.clone();
    kindZero[1] = 0;
    byte[] unknownKind = good.clone();
    unknownKind[1] = 77;
    byte[] replyWithoutSerial = good.clone();
    replyWithoutSerial[1] = 2;
    for (byte[] one : List.of(zeroSerial, kindZero, replyWithoutSerial, unknownKind, good)) {
      framer.add(ByteBuffer.wrap(one));
    }
    refused("serial 0", framer);
    refused("kind 0", framer);
    refused("without the header field REPLY_SERIAL", framer);
    Framer.Complete later = assertInstanceOf(Framer.Complete.class, framer.next());
    assertEquals(MessageKind.UNKNOWN, later.message().header().kind());
    assertInstanceOf(Framer.Complete.class, framer.next());
  }

  private static void refused(String why, Framer framer) throws Exception {
    Framer.Refused refused = assertInstanceOf(Framer.Refused.class, framer.next());
    assertTrue(refused.why().contains(why), refused.why());
  }

  @Test
  void aStreamThatCannotBeRead() {
    byte[] good =
        numbered(bytes(Outgoing.of(Header.signal(PATH, "a.B", "M"), Body.EMPTY)), false, 1);
    unreadable(good, 0, (byte) 'x', "byte order");
    unreadable(good, 3, (byte) 2, "protocol version 2");
    unreadable(good, 7, (byte) 0x7f, "a message of");
    unreadable(good, 15, (byte) 0xff, "a message of");
  }

  private static void unreadable(byte[] good, int at, byte value, String why) {
    byte[] bent = good.clone();
    bent[at] = value;
    Framer framer = new Framer(100_000);
    framer.add(ByteBuffer.wrap(bent));
    MalformedMessageException e = assertThrows(MalformedMessageException.class, framer::next);
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  /** A body announced and never sent takes no memory. */
  @Test
  void whatIsOnlyAnnouncedTakesNoRoom() throws Exception {
    byte[] good =
        numbered(bytes(Outgoing.of(Header.signal(PATH, "a.B", "M"), Body.EMPTY)), false, 1);
    ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 15 * 1024 * 1024);
    List<Framer> waiting = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Framer framer = new Framer(Outgoing.LARGEST);
      framer.add(ByteBuffer.wrap(good));
      assertNull(framer.next());
      waiting.add(framer);
    }
    // 150 GB were announced.
    assertEquals(10_000, waiting.size());
    assertNotNull(waiting.getFirst());
  }

  static byte[] bytes(Outgoing message) {
    byte[] bytes = new byte[message.size()];
    message.bytes().duplicate().get(bytes);
    return bytes;
  }

  static byte[] numbered(byte[] message, boolean big, int serial) {
    ByteBuffer.wrap(message)
        .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
        .putInt(8, serial);
    return message;
  }
}
