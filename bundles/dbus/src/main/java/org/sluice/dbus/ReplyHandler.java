// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/**
 * Waits for what becomes of a call. Called once, under the lock of the connection; does not call
 * anybody else.
 */
interface ReplyHandler {
  /** The reply, not an error. */
  void reply(Message message);

  void failed(DBusException why);
}
