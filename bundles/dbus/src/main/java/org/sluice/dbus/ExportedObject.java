// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.osgi.annotation.versioning.ProviderType;

/** An object that is offered to others until it is closed. */
@ProviderType
public interface ExportedObject extends Registration {

  /**
   * Sends a signal to whoever wants it. Lost when there is no connection.
   *
   * @throws IllegalArgumentException when the signal is not declared or its values are of other
   *     types
   */
  void emit(String interfaceName, String member, DBusValue... values);

  /** Tells that properties have new values, with the values they have now. */
  void changed(String interfaceName, String... properties);
}
