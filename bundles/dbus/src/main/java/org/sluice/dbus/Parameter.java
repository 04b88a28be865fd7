// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/**
 * An argument of a method or signal.
 *
 * @param type one complete type
 */
public record Parameter(String name, Signature type) {
  public Parameter {
    Names.checkMember(name);
    if (!type.single()) {
      throw new IllegalArgumentException("not one complete type: " + type.value());
    }
  }

  public Parameter(String name, String type) {
    this(name, new Signature(type));
  }
}
