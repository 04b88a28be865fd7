// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.Body;
import org.sluice.dbus.Bus;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.BusListener;
import org.sluice.dbus.Buses;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.ErrorReplyException;
import org.sluice.dbus.MethodCall;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.Signal;
import org.sluice.dbus.SignalListener;
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
 * <p>Everything happens under the lock of this object: signals and answers on the thread of the
 * bus, what is due on that of the clock.
 */
final class NetworkManagerListener implements BusListener, SignalListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkmanager");
  private static final String SERVICE = "org.freedesktop.NetworkManager";
  private static final String CONFIGURATION = "org.sluice.link.networkmanager.cfg.json";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  private static final String OBJECTS = "org.freedesktop.DBus.ObjectManager";
  private static final ObjectPath ABOVE = new ObjectPath("/org/freedesktop");
  private static final Set<Fact.Kind> KINDS = EnumSet.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT);

  /** So that a manager that is restarted causes no storm of leases lost and acquired. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final LinkSink sink;
  private final Tally tally;
  private final KernelLinks kernel = new KernelLinks();
  private final BusAddress address;
  private final Clock clock = new Clock();
  private final Objects objects = new Objects();

  /** What was told of each device. */
  private final Map<String, Map<Fact.Key, Fact>> told = new HashMap<>();

  private final Map<String, Index> indices = new HashMap<>();
  private @Nullable Bus bus;
  private @Nullable ScheduledFuture<?> withdrawal;
  private long patientUntil = System.nanoTime();

  /** Whether signals are complete: only then is there a point in asking for everything. */
  private boolean listening;

  private boolean everListened;
  private boolean present;

  /** What is kept may be wrong by now, and nobody can be asked. */
  private boolean outOfTouch;

  private boolean reading;
  private boolean readAgain;
  private boolean closed;

  /** The index of the link of a device, as long as the link is called so. */
  private record Index(String name, int index) {}

  NetworkManagerListener(LinkSink sink, Tally tally, BusAddress address) {
    this.sink = sink;
    this.tally = tally;
    this.address = address;
  }

  /**
   * @param buses null when NetworkManager is not to be listened to
   */
  synchronized void start(@Nullable Buses buses) {
    if (buses == null) {
      // Not on the thread of the table, which is about to hand the sink out.
      clock.after(
          Duration.ZERO,
          () -> guarded(() -> absent("switched off: enabled is false in " + CONFIGURATION)));
      return;
    }
    Bus opened = buses.open("link.networkmanager", address);
    bus = opened;
    opened.listen(this);
    opened.watch(SERVICE, (name, owner) -> guarded(() -> owned(owner)));
    opened.subscribe(SignalRule.from(SERVICE).below(ABOVE), this);
  }

  @Override
  public void connected(String uniqueName) {
    LOG.log(System.Logger.Level.DEBUG, "on the bus as {0}", uniqueName);
  }

  @Override
  public void disconnected(String why) {
    guarded(
        () -> {
          listening = false;
          stay();
          String text = "the system bus " + address + " cannot be reached: " + why;
          if (everListened) {
            failing(text + "; it is tried again");
          } else {
            absent(text + "; it is tried again, until then nobody knows of NetworkManager");
          }
        });
  }

  @Override
  public void readAnew(Gap gap) {
    guarded(
        () -> {
          listening = true;
          everListened = true;
          read();
        });
  }

  private void owned(Optional<String> owner) {
    if (!listening) {
      // The first look follows as soon as signals are complete, and tells who is there.
      return;
    }
    if (owner.isPresent()) {
      read();
    } else {
      left();
    }
  }

  /** Nobody owns the name. */
  private void left() {
    String text = "NetworkManager does not own " + SERVICE + " on the system bus";
    if (!present) {
      absent(text);
      return;
    }
    failing(text + "; what it told stays for " + GRACE.toSeconds() + " s");
    if (withdrawal == null) {
      withdrawal =
          clock.in(
              GRACE,
              () ->
                  guarded(
                      () -> {
                        if (withdrawal != null) {
                          absent(text);
                        }
                      }));
    }
  }

  private void absent(String text) {
    stay();
    present = false;
    outOfTouch = false;
    objects.clear();
    told.clear();
    indices.clear();
    tally.links(0);
    tally.stands(Tally.Standing.Way.ABSENT, text);
    sink.present(KINDS, List.of());
    sink.condition(Condition.ABSENT, text);
  }

  private void failing(String text) {
    outOfTouch = true;
    tally.failed();
    tally.stands(Tally.Standing.Way.FAILING, text);
    sink.condition(Condition.FAILING, text);
  }

  /** Takes back that everything is about to be withdrawn. */
  private void stay() {
    if (withdrawal != null) {
      withdrawal.cancel(false);
      withdrawal = null;
    }
  }

  // --- everything ---

  private void read() {
    Bus on = bus;
    if (on == null) {
      return;
    }
    if (reading) {
      readAgain = true;
      return;
    }
    reading = true;
    readAgain = false;
    tally.read();
    var _ =
        on.call(MethodCall.to(SERVICE, ABOVE, OBJECTS, "GetManagedObjects"))
            .whenComplete(
                (answer, failure) ->
                    guarded(
                        () -> {
                          reading = false;
                          if (failure != null) {
                            unread(failure);
                          } else if (answer != null) {
                            took(answer);
                          }
                          if (readAgain) {
                            read();
                          }
                        }));
  }

  private void unread(Throwable cause) {
    if (!listening) {
      // The bus went, which was told already or is about to be.
      return;
    }
    if (cause instanceof ErrorReplyException reply
        && (reply.name().endsWith(".ServiceUnknown") || reply.name().endsWith(".NameHasNoOwner"))) {
      left();
      return;
    }
    failing(
        "NetworkManager cannot be read: "
            + cause.getMessage()
            + "; tried again in "
            + RETRY.toSeconds()
            + " s");
    clock.after(
        RETRY,
        () ->
            guarded(
                () -> {
                  if (listening) {
                    read();
                  }
                }));
  }

  private void took(Body answer) {
    stay();
    objects.all(answer.map(0));
    if (outOfTouch) {
      patientUntil = System.nanoTime() + GRACE.toNanos();
      clock.after(
          GRACE.plusMillis(1), () -> guarded(() -> List.copyOf(told.keySet()).forEach(this::look)));
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
    present = true;
    outOfTouch = false;
    tally.links(told.size());
    tally.stands(Tally.Standing.Way.LIVE, "");
    sink.present(KINDS, all);
  }

  // --- what changes ---

  @Override
  public void signal(Signal signal) {
    guarded(
        () -> {
          tally.heard();
          if (present) {
            changed(signal);
          }
        });
  }

  private void changed(Signal signal) {
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
    if (outOfTouch) {
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
    tally.links(told.size());
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

  /** Nothing that is heard ends the thread it is heard on. */
  private void guarded(Runnable task) {
    synchronized (this) {
      if (closed) {
        return;
      }
      try {
        task.run();
      } catch (SinkRevokedException e) {
        closed = true;
        LOG.log(System.Logger.Level.DEBUG, "ends: {0}", e.getMessage());
      } catch (RuntimeException e) {
        tally.failed();
        LOG.log(System.Logger.Level.ERROR, "what NetworkManager told could not be taken", e);
      }
    }
  }

  /** When it returns every thread has ended. */
  @Override
  public void close() {
    Bus on;
    synchronized (this) {
      closed = true;
      on = bus;
    }
    // Not under the lock, for which it may be waiting.
    if (on != null) {
      on.close();
    }
    clock.close();
  }
}
