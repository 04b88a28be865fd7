// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.Optional;

/** What an exported object can do under one name. */
public record ExportedInterface(
    String name,
    List<ExportedMethod> methods,
    List<ExportedProperty> properties,
    List<ExportedSignal> signals) {
  public ExportedInterface {
    Names.checkInterface(name);
    if (name.startsWith(Names.BUS + ".")) {
      throw new IllegalArgumentException(name + " belongs to the bus, and is answered already");
    }
    methods = List.copyOf(methods);
    properties = List.copyOf(properties);
    signals = List.copyOf(signals);
  }

  Optional<ExportedMethod> method(String wanted) {
    return methods.stream().filter(method -> method.name().equals(wanted)).findFirst();
  }

  Optional<ExportedProperty> property(String wanted) {
    return properties.stream().filter(property -> property.name().equals(wanted)).findFirst();
  }

  Optional<ExportedSignal> signal(String wanted) {
    return signals.stream().filter(signal -> signal.name().equals(wanted)).findFirst();
  }
}
