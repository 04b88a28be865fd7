// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.dbus.AccessPolicy;
import org.sluice.dbus.Bus;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.Buses;
import org.sluice.dbus.ExportedObject;
import org.sluice.dbus.OwnershipListener.Ownership;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happenings;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** Offers the picture on a bus for as long as it is configured to. */
@Component(immediate = true, configurationPid = "org.sluice.link.dbus")
@Designate(ocd = DbusConfig.class)
public final class LinkOnBus implements HealthCheck, MetricSource {
  private static final String USER = "link.dbus";

  private final AtomicLong sent = new AtomicLong();
  private final @Nullable Bus bus;
  private final @Nullable LinkSubscription subscription;
  private volatile State state = new State(Ownership.LOST, "no connection yet");

  private record State(Ownership ownership, String detail) {}

  @Activate
  public LinkOnBus(
      DbusConfig config,
      @Reference Buses buses,
      @Reference LinkTable table,
      @Reference Happenings happenings) {
    if (!config.enabled()) {
      bus = null;
      subscription = null;
      return;
    }
    Bus opened = buses.open(USER, BusAddress.configured(config.bus()));
    ExportedObject object =
        opened.export(Offer.PATH, AccessPolicy.everybody(), List.of(new Offer(table).described()));
    opened.own(Offer.NAME, (_, ownership, detail) -> state = new State(ownership, detail));
    subscription = happenings.subscribe("dbus", happening -> tell(object, happening));
    bus = opened;
  }

  private void tell(ExportedObject object, Happening happening) {
    object.emit(Offer.NAME, Offer.HAPPENED, Offer.values(happening));
    sent.incrementAndGet();
  }

  @Deactivate
  public void deactivate() {
    if (subscription != null) {
      subscription.close();
    }
    if (bus != null) {
      bus.close();
    }
  }

  @Override
  public String name() {
    return "link.dbus";
  }

  @Override
  public Health check() {
    State now = state;
    if (bus == null) {
      return Health.ok("not offered; set enabled in org.sluice.link.dbus.cfg.json to offer it");
    }
    return switch (now.ownership()) {
      case OWNED -> Health.ok(Offer.NAME + " is offered, " + sent + " signals were sent");
      case QUEUED ->
          Health.warn(
              "somebody else has the name " + Offer.NAME + " on the bus",
              "stop the other instance, or set enabled to false in one of them");
      case REFUSED ->
          Health.warn(
              "the bus refuses the name " + Offer.NAME + ": " + now.detail(),
              "install the policy file org.sluice.Link1.conf in /usr/share/dbus-1/system.d");
      case LOST ->
          Health.warn(
              "there is no bus to offer " + Offer.NAME + " on: " + now.detail(),
              "start dbus-daemon, or correct bus in org.sluice.link.dbus.cfg.json");
    };
  }

  @Override
  public void collect(Metrics to) {
    to.counter(
        "sluice_link_dbus_signals_total",
        "Happenings that were told on the bus.",
        (double) sent.get());
  }
}
