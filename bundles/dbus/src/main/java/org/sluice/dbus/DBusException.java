// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** Why a call has no result. */
public abstract sealed class DBusException extends Exception
    permits ErrorReplyException,
        DisconnectedException,
        CallTimeoutException,
        LimitException,
        MalformedMessageException {
  private static final long serialVersionUID = 1L;

  protected DBusException(String message) {
    super(message);
  }
}
