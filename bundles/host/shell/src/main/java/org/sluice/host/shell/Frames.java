// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads what clients say: frames of one byte type, four bytes length and a text in UTF-8. Whatever
 * is not exactly that is a {@link ProtocolException}, found before any memory is spent on it.
 */
final class Frames {
  /** A pasted script fits; an attack on memory does not. */
  static final int LIMIT = 1 << 20;

  private static final String TYPES = "TALCI";
  private final ReadableByteChannel from;
  private final ByteBuffer head = ByteBuffer.allocate(5);

  Frames(ReadableByteChannel from) {
    this.from = from;
  }

  record Frame(char type, String text) {}

  /** The client does not speak the protocol; the connection is of no more use. */
  static final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    ProtocolException(String message) {
      super(message);
    }
  }

  /** The next frame; empty when the client closed between two frames. */
  Optional<Frame> next() throws IOException {
    head.clear();
    if (!fill(head)) {
      return Optional.empty();
    }
    char type = (char) (head.get(0) & 0xff);
    int length = head.getInt(1);
    if (TYPES.indexOf(type) < 0) {
      throw new ProtocolException("unknown frame type 0x" + Integer.toHexString(type));
    }
    if (length < 0 || length > LIMIT) {
      throw new ProtocolException(
          "a frame of " + Integer.toUnsignedString(length) + " bytes; the limit is " + LIMIT);
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    if (length > 0 && !fill(payload)) {
      throw new EOFException("the client closed within a frame");
    }
    return Optional.of(new Frame(type, decode(payload.flip())));
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (from.read(buffer) < 0) {
        if (buffer.position() == 0) {
          return false;
        }
        throw new EOFException("the client closed within a frame");
      }
    }
    return true;
  }

  private static String decode(ByteBuffer bytes) throws ProtocolException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException e) {
      throw new ProtocolException("a text that is not UTF-8");
    }
  }

  /** One frame for the wire. */
  static ByteBuffer encode(char type, byte[] bytes, int offset, int length) {
    return ByteBuffer.allocate(5 + length)
        .put((byte) type)
        .putInt(length)
        .put(bytes, offset, length)
        .flip();
  }
}
