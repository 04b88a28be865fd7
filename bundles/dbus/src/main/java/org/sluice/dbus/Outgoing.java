// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be sent, as bytes; the serial is filled in when it is its turn.
 *
 * @param bytes from position 0 to the limit
 */
record Outgoing(ByteBuffer bytes) {
  /** A peer would not take more in one piece from us than we would from him. */
  static final int LARGEST = 16 * 1024 * 1024;

  private static final int SERIAL = 8;
  private static final int FIELDS = 12;

  /**
   * @throws IllegalArgumentException when the body cannot be sent: too large, too deep, no text
   */
  static Outgoing of(Header header, Body body) {
    return of(header, body, ByteOrder.LITTLE_ENDIAN);
  }

  static Outgoing of(Header header, Body body, ByteOrder order) {
    ByteBuffer content = Encoder.body(body, order, LARGEST);
    Encoder out = new Encoder(order, LARGEST);
    out.raw(
        (byte) (order == ByteOrder.LITTLE_ENDIAN ? 'l' : 'B'),
        (byte) header.kind().number(),
        (byte) header.flags(),
        (byte) 1);
    out.u32(content.remaining());
    out.u32(header.serial());
    out.u32(0);
    field(out, 1, header.path());
    field(out, 2, header.interfaceName());
    field(out, 3, header.member());
    field(out, 4, header.errorName());
    if (header.replyTo() != 0) {
      field(out, 5, new DBusValue.U32(Integer.toUnsignedLong(header.replyTo())));
    }
    field(out, 6, header.destination());
    field(out, 7, header.sender());
    Signature signature = body.signature();
    if (!signature.equals(Signature.NONE)) {
      field(out, 8, signature);
    }
    out.u32At(FIELDS, out.position() - 16);
    out.align(8);
    out.raw(content);
    return new Outgoing(out.written());
  }

  int size() {
    return bytes.remaining();
  }

  /** The same message with its number. */
  Outgoing numbered(int serial) {
    ByteBuffer numbered = bytes.duplicate().order(bytes.order());
    numbered.putInt(SERIAL, serial);
    return new Outgoing(numbered);
  }

  private static void field(Encoder out, int code, @Nullable String text) {
    if (text != null) {
      field(out, code, new DBusValue.Str(text));
    }
  }

  private static void field(Encoder out, int code, @Nullable DBusValue value) {
    if (value != null) {
      out.align(8);
      out.raw((byte) code);
      Signature type = value.type();
      out.signature(type);
      out.value(type.value(), 0, value, 1);
    }
  }
}
