// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** Nobody answered in time. Whether the call was carried out is not known. */
public final class CallTimeoutException extends DBusException {
  private static final long serialVersionUID = 1L;

  public CallTimeoutException(String message) {
    super(message);
  }
}
