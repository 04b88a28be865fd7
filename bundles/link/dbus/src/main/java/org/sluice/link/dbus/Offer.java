// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.sluice.dbus.Body;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.ErrorReplyException;
import org.sluice.dbus.ExportedInterface;
import org.sluice.dbus.ExportedMethod;
import org.sluice.dbus.ExportedProperty;
import org.sluice.dbus.ExportedSignal;
import org.sluice.dbus.Invocation;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.Parameter;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;

/** What others find on the bus. Whoever may call it may only read. */
final class Offer {
  static final String NAME = "org.sluice.Link1";
  static final ObjectPath PATH = new ObjectPath("/org/sluice/Link1");
  static final String HAPPENED = "Happened";

  private static final List<Parameter> HAPPENING =
      List.of(
          new Parameter("number", "t"),
          new Parameter("what", "s"),
          new Parameter("index", "i"),
          new Parameter("link", "s"),
          new Parameter("subject", "s"),
          new Parameter("source", "s"),
          new Parameter("initial", "b"));

  private final LinkTable table;

  Offer(LinkTable table) {
    this.table = table;
  }

  ExportedInterface described() {
    return new ExportedInterface(
        NAME,
        List.of(
            list("ListLinks", LinkSnapshot::links),
            list("ListAddresses", LinkSnapshot::addresses),
            list("ListRoutes", LinkSnapshot::routes),
            list("ListRules", LinkSnapshot::rules),
            list("ListGateways", LinkSnapshot::neighbours),
            list("ListLeases", LinkSnapshot::leases),
            list("ListManagers", LinkSnapshot::managements),
            list("ListSources", LinkSnapshot::sources),
            new ExportedMethod(
                "GetLink",
                List.of(new Parameter("name", "s")),
                List.of(new Parameter("link", "a{sv}")),
                this::link)),
        List.of(
            new ExportedProperty(
                "LastEvent", "t", () -> new DBusValue.U64(table.snapshot().number()))),
        List.of(new ExportedSignal(HAPPENED, HAPPENING)));
  }

  private ExportedMethod list(
      String name, Function<LinkSnapshot, Collection<? extends Record>> part) {
    return new ExportedMethod(
        name,
        List.of(),
        List.of(new Parameter("all", "aa{sv}")),
        _ -> CompletableFuture.completedStage(Body.of(Values.of(part.apply(table.snapshot())))));
  }

  private CompletableFuture<Body> link(Invocation call) throws ErrorReplyException {
    String name = call.arguments().text(0).orElse("");
    Link link =
        table
            .snapshot()
            .link(name)
            .orElseThrow(
                () ->
                    new ErrorReplyException(
                        NAME + ".NoSuchLink",
                        "there is no link named " + name + "; ListLinks tells those there are"));
    return CompletableFuture.completedFuture(Body.of(Values.of(link)));
  }

  /** In the order of the parameters of the signal. */
  static DBusValue[] values(Happening happening) {
    return new DBusValue[] {
      new DBusValue.U64(happening.number()),
      DBusValue.text(happening.kind().word()),
      new DBusValue.I32(happening.link().index()),
      DBusValue.text(happening.link().name()),
      DBusValue.text(happening.subject()),
      DBusValue.text(happening.source()),
      DBusValue.flag(happening.initial())
    };
  }
}
