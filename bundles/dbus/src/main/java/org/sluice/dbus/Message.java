// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;

/**
 * A message that came in.
 *
 * @param content the body as it came, in its byte order; read by {@link #body}
 */
record Message(Header header, ByteBuffer content) {

  /** Reads the body; done late, by who wants it, so that nobody pays for what he did not ask. */
  Body body() throws MalformedMessageException {
    return Decoder.body(content, header.signature());
  }

  int size() {
    return content.remaining();
  }

  /** The error this message is. */
  ErrorReplyException error() {
    String text = "";
    try {
      text = body().text(0).orElse("");
    } catch (MalformedMessageException e) {
      text = "(its text cannot be read: " + e.getMessage() + ")";
    }
    String name = header.errorName();
    return new ErrorReplyException(name == null ? "org.freedesktop.DBus.Error.Failed" : name, text);
  }
}
