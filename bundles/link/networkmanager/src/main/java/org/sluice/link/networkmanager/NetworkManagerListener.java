// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.sluice.dbus.Body;
import org.sluice.dbus.Bus;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.Buses;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.FollowedService;
import org.sluice.dbus.Following;
import org.sluice.dbus.MethodCall;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.Signal;
import org.sluice.dbus.SignalRule;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState.Condition;

/**
 * What NetworkManager says. It is asked once for all of its objects; from then on its signals tell
 * every value that changes, and what follows from them is told at once. So is each of the states
 * that a device passes through within a millisecond.
 *
 * <p>Everything happens under the lock of the {@link FollowedService}: signals and answers on the
 * thread of the bus, what is due on that of the clock.
 */
final class NetworkManagerListener implements Following<Body>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkmanager");
  private static final String SERVICE = "org.freedesktop.NetworkManager";
  private static final String CONFIGURATION = "org.sluice.link.networkmanager.cfg.json";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  private static final String OBJECTS = "org.freedesktop.DBus.ObjectManager";
  private static final ObjectPath ABOVE = new ObjectPath("/org/freedesktop");
  private static final Set<Fact.Kind> KINDS = EnumSet.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT);

  private final LinkSink sink;
  private final ServiceTally tally;
  private final KernelLinks kernel = new KernelLinks();
  private final FollowedService<Body> service;

  // All below is guarded by the lock of the service.
  private final Objects objects = new Objects();

  /** What was told of each device. */
  private final Map<String, Map<Fact.Key, Fact>> told = new HashMap<>();

  private final Map<String, Index> indices = new HashMap<>();
  private long patientUntil = System.nanoTime();

  /** The index of the link of a device, as long as the link is called so. */
  private record Index(String name, int index) {}

  NetworkManagerListener(LinkSink sink, ServiceTally tally) {
    this.sink = sink;
    this.tally = tally;
    service =
        new FollowedService<>(
            "link.networkmanager",
            "NetworkManager",
            SERVICE,
            SignalRule.from(SERVICE).below(ABOVE),
            tally,
            this);
  }

  void start(Buses buses, BusAddress address) {
    service.follow(buses, address);
  }

  void leave() {
    service.leave("switched off: enabled is false in " + CONFIGURATION);
  }

  // --- everything ---

  @Override
  public CompletableFuture<Body> read(Bus bus) {
    return bus.call(MethodCall.to(SERVICE, ABOVE, OBJECTS, "GetManagedObjects"));
  }

  @Override
  public void took(Body answer, boolean afterGap) {
    objects.all(answer.map(0));
    if (afterGap) {
      patientUntil = System.nanoTime() + FollowedService.GRACE.toNanos();
      var _ =
          service.later(
              FollowedService.GRACE.plusMillis(1),
              () -> List.copyOf(told.keySet()).forEach(this::look));
    }
    indices.clear();
    kernel.forget();
    Map<String, Map<Fact.Key, Fact>> before = Map.copyOf(told);
    told.clear();
    List<Fact> all = new ArrayList<>();
    all.add(Device.host(objects));
    for (String path : objects.devices()) {
      // A manager that was restarted may name its devices in another order.
      Map<Fact.Key, Fact> facts = facts(path, before.values());
      told.put(path, facts);
      all.addAll(facts.values());
    }
    tally.subjects(told.size());
    sink.present(KINDS, all);
  }

  @Override
  public void failing(String why) {
    sink.condition(Condition.FAILING, why);
  }

  @Override
  public void absent(String why) {
    objects.clear();
    told.clear();
    indices.clear();
    sink.condition(Condition.ABSENT, why);
  }

  // --- what changes ---

  @Override
  public void signal(Signal signal) {
    String path = signal.path().value();
    Body body = signal.body();
    switch (signal.interfaceName() + "." + signal.member()) {
      case PROPERTIES + ".PropertiesChanged" -> {
        if (objects.changed(path, body.text(0).orElse(""), body.map(1))) {
          follow(path);
        }
      }
      case Objects.DEVICE + ".StateChanged" -> state(path, Objects.DEVICE, body);
      case Objects.HOST + ".StateChanged" -> state(path, Objects.HOST, body);
      case OBJECTS + ".InterfacesAdded" -> {
        String added = body.text(0).orElse("");
        objects.added(added, body.map(1));
        if (objects.isDevice(added)) {
          kernel.forget();
        }
        follow(added);
      }
      case OBJECTS + ".InterfacesRemoved" -> {
        String removed = body.text(0).orElse("");
        objects.removed(removed, body.list(1).stream().flatMap(i -> i.asText().stream()).toList());
        follow(removed);
      }
      default -> {}
    }
  }

  private void state(String path, String of, Body body) {
    if (body.number(0).isEmpty()) {
      tally.malformed();
      return;
    }
    VariantMap now = new VariantMap(Map.of("State", new DBusValue.U32(body.number(0).getAsLong())));
    if (objects.changed(path, of, now)) {
      follow(path);
    }
  }

  /** Tells what follows from an object that changed, came or went. */
  private void follow(String path) {
    if (path.equals(Objects.ROOT)) {
      sink.put(Device.host(objects));
    } else if (objects.isDevice(path) || told.containsKey(path)) {
      look(path);
    } else {
      // Some object that devices refer to.
      for (String device : List.copyOf(told.keySet())) {
        if (refers(device, path)) {
          look(device);
        }
      }
      sink.put(Device.host(objects));
    }
  }

  private boolean refers(String device, String to) {
    VariantMap own = objects.of(device, Objects.DEVICE);
    for (String property :
        List.of("ActiveConnection", "Ip4Config", "Ip6Config", "Dhcp4Config", "Dhcp6Config")) {
      if (own.text(property).orElse("/").equals(to)) {
        return true;
      }
    }
    return false;
  }

  /** Tells what is so of a device now. */
  private void look(String path) {
    if (!service.inTouch()) {
      return;
    }
    Map<Fact.Key, Fact> before = told.getOrDefault(path, Map.of());
    Map<Fact.Key, Fact> now = facts(path, List.of(before));
    if (objects.isDevice(path)) {
      told.put(path, now);
    } else {
      told.remove(path);
      indices.remove(path);
    }
    tally.subjects(told.size());
    for (Fact.Key key : before.keySet()) {
      if (!now.containsKey(key) && told.values().stream().noneMatch(m -> m.containsKey(key))) {
        sink.remove(key);
      }
    }
    now.values().forEach(sink::put);
  }

  /**
   * @param before what was told, of which a lease may be kept for a while
   */
  private Map<Fact.Key, Fact> facts(String path, Iterable<Map<Fact.Key, Fact>> before) {
    Device device = new Device(objects, path);
    int index = objects.isDevice(path) && device.tellable() ? index(path, device.link()) : 0;
    if (index == 0) {
      return Map.of();
    }
    Map<Fact.Key, Fact> facts = new HashMap<>();
    for (Fact fact : device.facts(index, tally)) {
      facts.put(fact.key(), fact);
    }
    // After it was restarted it asks for the lease again.
    if (device.settling() && System.nanoTime() - patientUntil < 0) {
      for (boolean six : new boolean[] {false, true}) {
        Lease.Key key = new Lease.Key(index, six, NetworkManagerSource.NAME);
        for (Map<Fact.Key, Fact> old : before) {
          Fact lease = old.get(key);
          if (lease != null) {
            facts.putIfAbsent(key, lease);
          }
        }
      }
    }
    return facts;
  }

  private int index(String path, String name) {
    Index known = indices.get(path);
    if (known == null || known.index() == 0 || !known.name().equals(name)) {
      if (known != null) {
        kernel.forget();
      }
      known = new Index(name, kernel.index(name));
      indices.put(path, known);
    }
    return known.index();
  }

  @Override
  public boolean survives(RuntimeException thrown) {
    if (thrown instanceof SinkRevokedException) {
      LOG.log(System.Logger.Level.DEBUG, "ends: {0}", thrown.getMessage());
      return false;
    }
    tally.failed();
    LOG.log(System.Logger.Level.ERROR, "what NetworkManager told could not be taken", thrown);
    return true;
  }

  /** When it returns every thread has ended. */
  @Override
  public void close() {
    service.close();
  }
}
