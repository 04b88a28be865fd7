// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a message before its body. Which of them must be there depends on the kind; {@link
 * HeaderDecoder} sees to it for what comes in.
 *
 * @param flags see the constants here
 * @param serial 0 while it has none yet
 * @param replyTo the serial answered, or 0
 */
record Header(
    MessageKind kind,
    int flags,
    int serial,
    int replyTo,
    @Nullable ObjectPath path,
    @Nullable String interfaceName,
    @Nullable String member,
    @Nullable String errorName,
    @Nullable String destination,
    @Nullable String sender,
    Signature signature) {

  static final int NO_REPLY = 1;
  static final int NO_AUTO_START = 2;

  static Header call(
      int flags, String destination, ObjectPath path, String interfaceName, String member) {
    return new Header(
        MessageKind.CALL,
        flags,
        0,
        0,
        path,
        interfaceName,
        member,
        null,
        destination,
        null,
        Signature.NONE);
  }

  static Header signal(ObjectPath path, String interfaceName, String member) {
    return new Header(
        MessageKind.SIGNAL,
        NO_REPLY,
        0,
        0,
        path,
        interfaceName,
        member,
        null,
        null,
        null,
        Signature.NONE);
  }

  /** An answer to this message; with the name of an error if it is one. */
  Header answer(@Nullable String error) {
    return new Header(
        error == null ? MessageKind.REPLY : MessageKind.ERROR,
        NO_REPLY,
        0,
        serial,
        null,
        null,
        null,
        error,
        sender,
        null,
        Signature.NONE);
  }

  boolean wantsReply() {
    return (flags & NO_REPLY) == 0;
  }

  String senderOrEmpty() {
    return sender == null ? "" : sender;
  }
}
