// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** Is told about the connection; see {@link Bus} for threads and order. */
public interface BusListener {

  /** The connection stands. Registrations are being put in force. */
  void connected(String uniqueName);

  /**
   * There is no connection: it broke, or it could not be made the first time. It is tried again by
   * itself. Told once until it stands again.
   */
  void disconnected(String why);
}
