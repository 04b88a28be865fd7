// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Messages made up and messages bent. All that may happen is the one exception, and no more memory
 * is taken than what was received accounts for.
 */
class FuzzTest {
  private static final boolean THOROUGH = Boolean.getBoolean("sluice.long");

  /** Of the heap for a byte on the wire, and for a message as such. */
  private static final long FACTOR = 200;

  private static final long EACH = 64 * 1024;

  /** The JVM takes memory of its own when code runs the first times. */
  private static final int WARM_UP = 2000;

  @Test
  void bentMessages() throws Exception {
    Random random = new Random(20261121);
    List<byte[]> samples = samples(random);
    int refused = 0;
    int read = 0;
    for (int i = 0; i < (THOROUGH ? 10_000_000 : 60_000); i++) {
      byte[] bent = samples.get(i % samples.size()).clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bent[random.nextInt(bent.length)] = (byte) interesting(random);
      }
      if (readAll(bent, i > WARM_UP)) {
        read++;
      } else {
        refused++;
      }
    }
    assertTrue(refused > 1000, "some were bent beyond recognition: " + refused);
    assertTrue(read > 1000, "some were not: " + read);
  }

  @Test
  void madeUpBodies() throws Exception {
    Random random = new Random(42);
    int refused = 0;
    for (int i = 0; i < (THOROUGH ? 10_000_000 : 60_000); i++) {
      Signature signature = new Signature(types(random, 3, 6));
      byte[] bytes = new byte[random.nextInt(200)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = (byte) (random.nextInt(3) > 0 ? 0 : interesting(random));
      }
      ByteBuffer content =
          ByteBuffer.wrap(bytes)
              .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      try {
        Body body = Decoder.body(content, signature);
        assertEquals(signature, body.signature());
        // What was read is written as the same bytes.
        assertEquals(content, Encoder.body(body, content.order(), 1000));
      } catch (MalformedMessageException expected) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "some are no values: " + refused);
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < (THOROUGH ? 1_000_000 : 10_000); i++) {
      List<DBusValue> values = new ArrayList<>();
      for (Signature type : new Signature(types(random, 4, 8)).types()) {
        values.add(value(random, type.value(), 0));
      }
      Body body = new Body(values);
      for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
        ByteBuffer bytes = Encoder.body(body, order, Outgoing.LARGEST);
        assertEquals(body, Decoder.body(bytes, body.signature()));
      }
    }
  }

  @Test
  void memoryInProportion() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String types :
        List.of("ab", "an", "ag", "av", "a(y)", "a{yy}", "aay", "aas", "as", "ay")) {
      int size = 2 * 1024 * 1024;
      ByteBuffer body = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      int start = Decoder.alignment(types.charAt(1)) == 8 ? 8 : 4;
      body.putInt(0, size - start);
      if (types.equals("av")) {
        for (int at = start; at + 4 <= size; at += 4) {
          body.put(at, (byte) 1).put(at + 1, (byte) 'y');
        }
      } else if (types.equals("a{yy}") || types.equals("a(y)")) {
        body.putInt(0, size - start - 6 - (types.equals("a(y)") ? 1 : 0));
      }
      Signature signature = new Signature(types);
      long before = threads.getCurrentThreadAllocatedBytes();
      String outcome = "read";
      try {
        Decoder.body(body, signature);
      } catch (MalformedMessageException e) {
        outcome = String.valueOf(e.getMessage());
      }
      long used = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(used < size * 60L, types + " took " + used + " for " + size + ": " + outcome);
    }
  }

  /** Whether it was read to its end. */
  private static boolean readAll(byte[] bytes, boolean measured) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean whole = true;
    try {
      Framer framer = new Framer(100_000);
      framer.add(ByteBuffer.wrap(bytes));
      for (Framer.Frame frame = framer.next(); frame != null; frame = framer.next()) {
        switch (frame) {
          case Framer.Complete complete -> complete.message().body();
          case Framer.Refused refused -> {
            whole = false;
            assertTrue(refused.why().length() < 1000, refused.why());
          }
        }
      }
    } catch (MalformedMessageException expected) {
      whole = false;
      assertTrue(String.valueOf(expected.getMessage()).length() < 1000);
    }
    long used = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(!measured || used < bytes.length * FACTOR + EACH, used + " for " + bytes.length);
    return whole;
  }

  private static int interesting(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(256);
      case 1 -> "ybnqiuxtdsogva({)}h".charAt(random.nextInt(19));
      case 2 -> random.nextInt(10);
      default -> 0xff;
    };
  }

  private static List<byte[]> samples(Random random) {
    List<byte[]> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<DBusValue> values = new ArrayList<>();
      for (Signature type : new Signature(types(random, 3, 5)).types()) {
        values.add(value(random, type.value(), 0));
      }
      boolean big = random.nextBoolean();
      Header header =
          i % 3 == 0
              ? Header.signal(new ObjectPath("/a/b"), "a.B", "Member")
              : Header.call(0, "org.x.Y", new ObjectPath("/a/b"), "a.B", "Member");
      samples.add(
          FramerTest.numbered(
              FramerTest.bytes(
                  Outgoing.of(
                      header,
                      new Body(values),
                      big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)),
              big,
              i + 1));
    }
    return samples;
  }

  private static String types(Random random, int depth, int most) {
    StringBuilder out = new StringBuilder();
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      out.append(type(random, depth));
    }
    return out.length() > 200 ? "s" : out.toString();
  }

  private static String type(Random random, int depth) {
    String basic = String.valueOf("ybnqiuxtdsog".charAt(random.nextInt(12)));
    return switch (depth == 0 ? 9 : random.nextInt(9)) {
      case 0 -> "a" + type(random, depth - 1);
      case 1 -> "(" + type(random, depth - 1) + type(random, depth - 1) + ")";
      case 2 -> "a{" + basic + type(random, depth - 1) + "}";
      case 3 -> "v";
      default -> basic;
    };
  }

  private static DBusValue value(Random random, String type, int depth) {
    return switch (type.charAt(0)) {
      case 'y' -> new DBusValue.U8(random.nextInt(256));
      case 'b' -> DBusValue.flag(random.nextBoolean());
      case 'n' -> new DBusValue.I16((short) random.nextInt());
      case 'q' -> new DBusValue.U16(random.nextInt(65536));
      case 'i' -> new DBusValue.I32(random.nextInt());
      case 'u' -> new DBusValue.U32(Integer.toUnsignedLong(random.nextInt()));
      case 'x' -> new DBusValue.I64(random.nextLong());
      case 't' -> new DBusValue.U64(random.nextLong());
      case 'd' -> new DBusValue.F64(random.nextDouble());
      case 's' -> DBusValue.text("täxt𝄞".substring(random.nextInt(5)));
      case 'o' -> new ObjectPath("/a/b" + random.nextInt(100));
      case 'g' -> new Signature(types(random, 2, 2));
      case 'v' -> DBusValue.variant(value(random, depth > 5 ? "s" : type(random, 2), depth + 1));
      case '(' -> {
        List<DBusValue> fields = new ArrayList<>();
        for (Signature field : new Signature(type.substring(1, type.length() - 1)).types()) {
          fields.add(value(random, field.value(), depth + 1));
        }
        yield new DBusValue.Struct(fields);
      }
      default -> array(random, type.substring(1), depth);
    };
  }

  private static DBusValue array(Random random, String element, int depth) {
    int size = random.nextInt(4);
    if (element.equals("y")) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      return new DBusValue.Bytes(bytes);
    }
    if (element.startsWith("{")) {
      String value = element.substring(2, element.length() - 1);
      List<DBusValue.Entry> entries = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        entries.add(
            new DBusValue.Entry(
                value(random, element.substring(1, 2), depth + 1),
                value(random, value, depth + 1)));
      }
      return new DBusValue.Dict(
          new Signature(element.substring(1, 2)), new Signature(value), entries);
    }
    List<DBusValue> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(value(random, element, depth + 1));
    }
    return new DBusValue.Array(new Signature(element), items);
  }
}
