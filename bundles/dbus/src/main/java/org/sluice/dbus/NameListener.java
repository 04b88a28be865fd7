// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Optional;

/** Follows a well-known name; see {@link Bus} for threads and order. */
@FunctionalInterface
public interface NameListener {

  /**
   * @param owner the unique name of its owner, or empty: nobody has it, or there is no bus. When
   *     the owner changes, the new one is told without an empty one between.
   */
  void owned(String name, Optional<String> owner);
}
