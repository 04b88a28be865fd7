// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** There is no connection to the bus, or it went before the answer came. */
public final class DisconnectedException extends DBusException {
  private static final long serialVersionUID = 1L;

  public DisconnectedException(String message) {
    super(message);
  }
}
