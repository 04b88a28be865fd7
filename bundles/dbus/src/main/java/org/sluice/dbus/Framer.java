// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages. It keeps no more than was received: what a message says of
 * its own length is believed only as far as it has come. A message that is too large for us, though
 * not for the protocol, is read past and refused alone; what makes the rest of the stream
 * unreadable is an exception.
 */
final class Framer {
  /** The most the protocol allows. */
  static final int LARGEST_OF_PROTOCOL = 128 * 1024 * 1024;

  /** Names are short; only a path may be long. */
  static final int LARGEST_HEADER = 256 * 1024;

  private static final int FIXED = 16;
  private static final int FIRST = 4096;

  private final int largest;
  private byte[] bytes = new byte[FIRST];
  private int from;
  private int to;
  private long skip;
  private @Nullable Refused refusing;

  /** What came out of the stream. */
  sealed interface Frame permits Complete, Refused {}

  record Complete(Message message) implements Frame {}

  /**
   * A message nobody shall see.
   *
   * @param header if it could be read
   */
  record Refused(String why, @Nullable Header header) implements Frame {}

  /**
   * @param largest message in bytes, header and all
   */
  Framer(int largest) {
    this.largest = largest;
  }

  /** Takes all bytes; then {@link #next} has what they complete. */
  void add(ByteBuffer received) {
    if (skip > 0) {
      int skipped = (int) Math.min(skip, received.remaining());
      received.position(received.position() + skipped);
      skip -= skipped;
    }
    int size = received.remaining();
    if (to + size > bytes.length) {
      makeRoom(size);
    }
    received.get(bytes, to, size);
    to += size;
  }

  /** The next frame that is complete, or null. */
  @Nullable Frame next() throws MalformedMessageException {
    Refused refused = refusing;
    if (refused != null) {
      if (skip > 0) {
        return null;
      }
      refusing = null;
      return refused;
    }
    int filled = to - from;
    if (filled < FIXED) {
      return null;
    }
    ByteBuffer start = ByteBuffer.wrap(bytes, from, filled).slice().order(order());
    if (start.get(3) != 1) {
      throw new MalformedMessageException("protocol version " + Byte.toUnsignedInt(start.get(3)));
    }
    long fields = Integer.toUnsignedLong(start.getInt(12));
    long content = Integer.toUnsignedLong(start.getInt(4));
    long header = FIXED + ((fields + 7) & ~7L);
    long size = header + content;
    if (fields > Decoder.LONGEST_ARRAY || size > LARGEST_OF_PROTOCOL) {
      throw new MalformedMessageException("a message of " + size + " bytes");
    }
    if (header > LARGEST_HEADER) {
      return refuse("a message with a header of " + header + " bytes", null, size);
    }
    if (filled < (size > largest ? header : size)) {
      return null;
    }
    Header decoded;
    try {
      decoded = HeaderDecoder.decode(start.slice(0, (int) header).order(order()));
    } catch (MalformedMessageException e) {
      return refuse(String.valueOf(e.getMessage()), null, size);
    }
    if (size > largest) {
      return refuse("a message of " + size + " bytes; " + largest + " are allowed", decoded, size);
    }
    byte[] body = Arrays.copyOfRange(bytes, from + (int) header, from + (int) size);
    ByteBuffer contents = ByteBuffer.wrap(body).order(order());
    drop((int) size);
    return new Complete(new Message(decoded, contents));
  }

  private ByteOrder order() throws MalformedMessageException {
    return switch (bytes[from]) {
      case 'l' -> ByteOrder.LITTLE_ENDIAN;
      case 'B' -> ByteOrder.BIG_ENDIAN;
      default ->
          throw new MalformedMessageException(
              "byte order " + Byte.toUnsignedInt(bytes[from]) + ", which is neither l nor B");
    };
  }

  private @Nullable Frame refuse(String why, @Nullable Header header, long size)
      throws MalformedMessageException {
    int here = (int) Math.min(size, to - from);
    skip = size - here;
    drop(here);
    refusing = new Refused(why, header);
    return next();
  }

  private void drop(int size) {
    from += size;
  }

  /** Room for what came; after one large message the rest does not keep its size for ever. */
  private void makeRoom(int size) {
    int needed = to - from + size;
    int length = needed < bytes.length / 8 ? Math.max(FIRST, needed * 2) : bytes.length;
    if (needed > length) {
      length = Math.max(needed, length * 2);
    }
    byte[] moved = length == bytes.length ? bytes : new byte[length];
    System.arraycopy(bytes, from, moved, 0, to - from);
    to -= from;
    from = 0;
    bytes = moved;
  }
}
