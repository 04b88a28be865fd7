// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Objects that tests offer, all of one interface. */
final class Exports {
  static final ObjectPath OBJECT = new ObjectPath("/org/sluice/test/object");
  static final String INTERFACE = "org.sluice.test.Interface";

  private static final ObjectPath NEVER = new ObjectPath("/never");
  private static final ExportedSignal TICK =
      new ExportedSignal("Tick", List.of(new Parameter("n", "s")));

  private Exports() {}

  /** It emits {@code Tick}. */
  static ExportedObject ticking(Bus server) {
    return export(server, List.of(), List.of());
  }

  /** It emits {@code Tick}, for everybody. */
  static ExportedObject export(
      Bus server, List<ExportedMethod> methods, List<ExportedProperty> properties) {
    return export(server, AccessPolicy.everybody(), methods, properties);
  }

  static ExportedObject export(
      Bus server,
      AccessPolicy policy,
      List<ExportedMethod> methods,
      List<ExportedProperty> properties) {
    return server.export(
        OBJECT,
        policy,
        List.of(new ExportedInterface(INTERFACE, methods, properties, List.of(TICK))));
  }

  /** A method without arguments. */
  static ExportedMethod method(String name, ExportedMethod.Handler handler) {
    return new ExportedMethod(name, List.of(), List.of(), handler);
  }

  /** A call that is never answered. */
  static MethodCall never(Bus server) {
    server.export(
        NEVER,
        AccessPolicy.everybody(),
        List.of(
            new ExportedInterface(
                INTERFACE,
                List.of(method("Never", _ -> new CompletableFuture<>())),
                List.of(),
                List.of())));
    return MethodCall.to(server.uniqueName().orElseThrow(), NEVER, INTERFACE, "Never");
  }
}
