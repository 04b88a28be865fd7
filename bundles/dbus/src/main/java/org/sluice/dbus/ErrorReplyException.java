// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/**
 * The peer, or the bus in its place, answered with an error. Thrown by an exported method, it is
 * the answer to the caller.
 */
public final class ErrorReplyException extends DBusException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String text;

  /**
   * @param name of the error, such as {@code org.freedesktop.DBus.Error.AccessDenied}
   * @param text for people
   */
  public ErrorReplyException(String name, String text) {
    super(name + ": " + text);
    this.name = Names.checkErrorName(name);
    this.text = text;
  }

  /** Such as {@code org.freedesktop.DBus.Error.ServiceUnknown}. */
  public String name() {
    return name;
  }

  /** What the peer says for people; may be empty. */
  public String text() {
    return text;
  }

  static ErrorReplyException standard(String shortName, String text) {
    return new ErrorReplyException("org.freedesktop.DBus.Error." + shortName, text);
  }
}
