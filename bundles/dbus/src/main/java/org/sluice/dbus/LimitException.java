// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** More was asked for, or came back, than this side keeps in memory. */
public final class LimitException extends DBusException {
  private static final long serialVersionUID = 1L;

  public LimitException(String message) {
    super(message);
  }
}
