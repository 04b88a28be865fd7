// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import org.sluice.packet.api.PortException;

/** The name of an interface, as cable and end. */
record SimName(String cable, String end) {

  static SimName of(String name) throws PortException {
    int dot = name.lastIndexOf('.');
    if (dot < 1 || dot == name.length() - 1) {
      throw new PortException(
          "interface %s: a simulated one is named after its cable and its end, such as lan.a"
              .formatted(name));
    }
    return new SimName(name.substring(0, dot), name.substring(dot + 1));
  }
}
