// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** What came breaks the D-Bus specification; the message says where and how. */
public final class MalformedMessageException extends DBusException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
