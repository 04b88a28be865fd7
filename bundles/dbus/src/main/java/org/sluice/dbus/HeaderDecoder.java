// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the header of a message and checks that it has what its kind must have. */
final class HeaderDecoder {
  private static final String FIELD = "(yv)";
  private static final ObjectPath LOCAL_PATH = new ObjectPath("/org/freedesktop/DBus/Local");
  private static final String LOCAL_INTERFACE = "org.freedesktop.DBus.Local";

  private int replyTo;
  private @Nullable ObjectPath path;
  private @Nullable String interfaceName;
  private @Nullable String member;
  private @Nullable String errorName;
  private @Nullable String destination;
  private @Nullable String sender;
  private Signature signature = Signature.NONE;

  private HeaderDecoder() {}

  /**
   * @param bytes the fixed part, the fields and the padding after them, in the order of the message
   */
  static Header decode(ByteBuffer bytes) throws MalformedMessageException {
    ByteBuffer header = bytes.duplicate().order(bytes.order());
    int kind = Byte.toUnsignedInt(header.get(1));
    int flags = Byte.toUnsignedInt(header.get(2));
    int serial = header.getInt(8);
    int end = 16 + header.getInt(12);
    if (kind == 0) {
      throw new MalformedMessageException("a message of the kind 0, which is none");
    }
    if (serial == 0) {
      throw new MalformedMessageException("a message with the serial 0, which is none");
    }
    HeaderDecoder fields = new HeaderDecoder();
    Decoder decoder = new Decoder(header.position(16));
    while (decoder.position() < end) {
      DBusValue.Struct field = (DBusValue.Struct) decoder.value(FIELD, 0, 1);
      fields.take((DBusValue.U8) field.fields().getFirst(), field.fields().getLast().bare());
    }
    if (decoder.position() != end) {
      throw new MalformedMessageException("a header field that reaches beyond the header");
    }
    decoder.align(8);
    return fields.header(MessageKind.of(kind), flags, serial);
  }

  private void take(DBusValue.U8 code, DBusValue value) throws MalformedMessageException {
    switch (code.value()) {
      case 0 -> throw new MalformedMessageException("a header field 0, which is none");
      case 1 -> path = is(ObjectPath.class, value, "PATH");
      case 2 -> interfaceName = text(value, "INTERFACE");
      case 3 -> member = text(value, "MEMBER");
      case 4 -> errorName = text(value, "ERROR_NAME");
      case 5 -> replyTo = (int) is(DBusValue.U32.class, value, "REPLY_SERIAL").value();
      case 6 -> destination = text(value, "DESTINATION");
      case 7 -> sender = text(value, "SENDER");
      case 8 -> signature = is(Signature.class, value, "SIGNATURE");
      default -> {
        // The specification has unknown fields ignored.
      }
    }
  }

  private static String text(DBusValue value, String field) throws MalformedMessageException {
    return is(DBusValue.Str.class, value, field).value();
  }

  private static <T> T is(Class<T> type, DBusValue value, String field)
      throws MalformedMessageException {
    if (!type.isInstance(value)) {
      throw new MalformedMessageException(
          "the header field " + field + " has the type " + value.type().value());
    }
    return type.cast(value);
  }

  private Header header(MessageKind kind, int flags, int serial) throws MalformedMessageException {
    correct(interfaceName == null ? null : Names.wrongInterface(interfaceName));
    correct(member == null ? null : Names.wrongMember(member));
    correct(errorName == null ? null : Names.wrongErrorName(errorName));
    correct(destination == null ? null : Names.wrongBusName(destination));
    correct(sender == null ? null : Names.wrongBusName(sender));
    switch (kind) {
      case CALL -> {
        present(path, "a call", "PATH");
        present(member, "a call", "MEMBER");
      }
      case SIGNAL -> {
        present(path, "a signal", "PATH");
        present(interfaceName, "a signal", "INTERFACE");
        present(member, "a signal", "MEMBER");
        if (LOCAL_PATH.equals(path) || LOCAL_INTERFACE.equals(interfaceName)) {
          throw new MalformedMessageException("a signal in the name of the library itself");
        }
      }
      case REPLY -> present(replyTo == 0 ? null : replyTo, "a reply", "REPLY_SERIAL");
      case ERROR -> {
        present(replyTo == 0 ? null : replyTo, "an error", "REPLY_SERIAL");
        present(errorName, "an error", "ERROR_NAME");
      }
      case UNKNOWN -> {}
    }
    return new Header(
        kind,
        flags,
        serial,
        replyTo,
        path,
        interfaceName,
        member,
        errorName,
        destination,
        sender,
        signature);
  }

  private static void correct(@Nullable String wrong) throws MalformedMessageException {
    if (wrong != null) {
      throw new MalformedMessageException(wrong);
    }
  }

  private static void present(@Nullable Object value, String what, String field)
      throws MalformedMessageException {
    if (value == null) {
      throw new MalformedMessageException(what + " without the header field " + field);
    }
  }
}
