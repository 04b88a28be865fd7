// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;

/** A signal that an object may send. */
public record ExportedSignal(String name, List<Parameter> parameters) {
  public ExportedSignal {
    Names.checkMember(name);
    parameters = List.copyOf(parameters);
  }
}
