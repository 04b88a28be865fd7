// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
import org.sluice.json.JsonException;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.Management;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState.Condition;

/**
 * What networkd says, by its own words first.
 *
 * <p>A signal tells which states of a link are others now; its values are told at once. Then
 * networkd is asked to describe the link, for all that no signal tells: name servers, domains, how
 * long an address lasts. The answer comes after every signal before it, so it is never older than
 * what was told. Its files are not looked at for states: when a signal comes they are often still
 * the old ones. Only the leases are read from files, for nothing else has them.
 *
 * <p>Everything happens under the lock of this object: signals and answers on the thread of the
 * bus, changed leases on that of the folder, what is due on that of the clock.
 */
final class Networkd implements BusListener, SignalListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkd");
  private static final String SERVICE = "org.freedesktop.network1";
  private static final String CONFIGURATION = "org.sluice.link.networkd.cfg.json";
  private static final String MANAGER = SERVICE + ".Manager";
  private static final String LINK = SERVICE + ".Link";
  private static final ObjectPath ROOT = new ObjectPath("/org/freedesktop/network1");
  private static final Set<Fact.Kind> KINDS = EnumSet.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT);

  /** So that a manager that is restarted causes no storm of leases lost and acquired. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration RETRY = Duration.ofSeconds(5);

  /** The kernel tells networkd of the new lifetime a moment after the lease was written. */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final LinkSink sink;
  private final Tally tally;
  private final Path leaseFiles;
  private final BusAddress address;
  private final Clock clock = new Clock();
  private final Leases leases;
  private final Map<Integer, View> links = new HashMap<>();
  private final Map<ObjectPath, Integer> byPath = new HashMap<>();
  private final Set<Integer> asked = new HashSet<>();
  private final Set<Integer> askAgain = new HashSet<>();
  private final Map<Integer, ScheduledFuture<?>> looks = new HashMap<>();
  private States host = States.NONE;
  private @Nullable Bus bus;
  private @Nullable LeaseFolder folder;
  private @Nullable ScheduledFuture<?> withdrawal;

  /** Whether signals are complete: only then is there a point in asking for everything. */
  private boolean listening;

  private boolean everListened;
  private boolean present;

  /** What is kept may be wrong by now, and nobody can be asked. */
  private boolean outOfTouch;

  private boolean reading;
  private boolean readAgain;
  private boolean closed;

  /** What is known of one link. */
  private record View(ObjectPath path, States states, Description description) {}

  Networkd(LinkSink sink, Tally tally, Path leaseFiles, BusAddress address) {
    this.sink = sink;
    this.tally = tally;
    this.leaseFiles = leaseFiles;
    this.address = address;
    this.leases = new Leases(tally);
  }

  /**
   * @param buses null when networkd is not to be listened to
   */
  synchronized void start(@Nullable Buses buses) {
    if (buses == null) {
      // Not on the thread of the table, which is about to hand the sink out.
      clock.after(
          Duration.ZERO,
          () -> guarded(() -> absent("switched off: enabled is false in " + CONFIGURATION)));
      return;
    }
    Bus opened = buses.open("link.networkd", address);
    bus = opened;
    opened.listen(this);
    opened.watch(SERVICE, (name, owner) -> guarded(() -> owned(owner)));
    opened.subscribe(SignalRule.propertiesChanged(SERVICE, ROOT), this);
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
            absent(text + "; it is tried again, until then nobody knows of systemd-networkd");
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
    String text = "systemd-networkd does not own " + SERVICE + " on the system bus";
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
    links.clear();
    byPath.clear();
    leases.clear();
    host = States.NONE;
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
    CompletableFuture<Body> list = on.call(MethodCall.to(SERVICE, ROOT, MANAGER, "ListLinks"));
    CompletableFuture<VariantMap> own = on.properties(SERVICE, ROOT, MANAGER);
    CompletableFuture<Body> described = on.call(MethodCall.to(SERVICE, ROOT, MANAGER, "Describe"));
    var _ =
        CompletableFuture.allOf(list, own, described)
            .whenComplete(
                (_, failure) ->
                    guarded(
                        () -> {
                          reading = false;
                          if (failure != null) {
                            unread(failure);
                          } else {
                            took(list.join(), own.join(), described.join());
                          }
                          if (readAgain) {
                            read();
                          }
                        }));
  }

  private void unread(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!listening) {
      // The bus went, which was told already or is about to be.
      return;
    }
    if (nobody(cause)) {
      left();
      return;
    }
    String hint =
        cause instanceof ErrorReplyException reply && reply.name().endsWith(".UnknownMethod")
            ? "; systemd-networkd 250 or newer is needed"
            : "";
    unreadable("systemd-networkd cannot be read: " + cause.getMessage() + hint);
  }

  private void unreadable(String text) {
    failing(text + "; tried again in " + RETRY.toSeconds() + " s");
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

  private static boolean nobody(Throwable cause) {
    return cause instanceof ErrorReplyException reply
        && (reply.name().endsWith(".ServiceUnknown") || reply.name().endsWith(".NameHasNoOwner"));
  }

  private void took(Body list, VariantMap own, Body described) {
    stay();
    Map<Integer, ObjectPath> paths = new HashMap<>();
    for (DBusValue row : list.list(0)) {
      Body fields = new Body(row.asList());
      long index = fields.number(0).orElse(0);
      Optional<ObjectPath> path = fields.path(2);
      if (index > 0 && index <= Integer.MAX_VALUE && path.isPresent()) {
        paths.put((int) index, path.get());
      } else {
        tally.malformed();
      }
    }
    List<Description> descriptions;
    try {
      descriptions = Description.ofManager(described.text(0).orElse(""), tally);
    } catch (JsonException e) {
      unreadable("systemd-networkd describes itself in broken JSON: " + e.getMessage());
      return;
    }
    links.clear();
    byPath.clear();
    host = States.NONE.with(key -> own.text(key).orElse(null), tally);
    for (Description description : descriptions) {
      ObjectPath path = paths.get(description.index());
      if (path != null && !description.states().lingering()) {
        links.put(description.index(), new View(path, description.states(), description));
        byPath.put(path, description.index());
      }
    }
    watchLeases();
    if (outOfTouch) {
      leases.patient(GRACE);
      clock.after(GRACE, () -> guarded(() -> links.keySet().forEach(this::lease)));
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(hostFact());
    links.forEach((index, view) -> facts.add(fact(index, view)));
    leases.retain(links.keySet());
    links.forEach((index, view) -> facts.addAll(look(index, view)));
    present = true;
    outOfTouch = false;
    tally.links(links.size());
    tally.stands(Tally.Standing.Way.LIVE, "");
    sink.present(KINDS, facts);
    links.keySet().forEach(this::lookLater);
  }

  private void watchLeases() {
    if (folder != null) {
      return;
    }
    try {
      folder = new LeaseFolder(leaseFiles, link -> guarded(() -> leaseWritten(link)));
    } catch (IOException e) {
      // Mostly the limit of inotify instances; leases are read all the same, some of them later.
      tally.failed();
      LOG.log(System.Logger.Level.WARNING, "watching {0}: {1}", leaseFiles, e.getMessage());
    }
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
    String of = signal.body().text(0).orElse("");
    VariantMap values = signal.body().map(1);
    if (of.equals(MANAGER)) {
      host = host.with(key -> values.text(key).orElse(null), tally);
      sink.put(hostFact());
    } else if (of.equals(LINK)) {
      Integer index = byPath.get(signal.path());
      View view = index == null ? null : links.get(index);
      if (index == null || view == null) {
        // A link that came. Nothing but the list tells its index.
        read();
        return;
      }
      States now = view.states().with(key -> values.text(key).orElse(null), tally);
      if (now.lingering()) {
        forget(index);
        return;
      }
      links.put(index, new View(view.path(), now, view.description()));
      sink.put(fact(index, links.getOrDefault(index, view)));
      describe(index);
    }
  }

  private void forget(int index) {
    View view = links.remove(index);
    if (view != null) {
      byPath.remove(view.path());
      leases.forget(index).forEach(sink::remove);
      lookLater(index);
      sink.remove(new Management.Key(index, NetworkdSource.NAME));
      tally.links(links.size());
    }
  }

  /** Asks for all of one link. While an answer is awaited, once more after it. */
  private void describe(int index) {
    Bus on = bus;
    View view = links.get(index);
    if (on == null || view == null) {
      return;
    }
    if (!asked.add(index)) {
      askAgain.add(index);
      return;
    }
    tally.read();
    var _ =
        on.call(MethodCall.to(SERVICE, view.path(), LINK, "Describe"))
            .whenComplete(
                (answer, failure) ->
                    guarded(
                        () -> {
                          asked.remove(index);
                          if (answer != null) {
                            described(index, answer);
                          } else if (failure != null && listening) {
                            undescribed(index, failure);
                          }
                          if (askAgain.remove(index)) {
                            describe(index);
                          }
                        }));
  }

  private void described(int index, Body answer) {
    View view = links.get(index);
    if (!present || view == null) {
      return;
    }
    Description description;
    try {
      description = Description.ofLink(answer.text(0).orElse(""), tally);
    } catch (JsonException e) {
      tally.malformed();
      LOG.log(
          System.Logger.Level.DEBUG,
          "link {0}: Describe is broken JSON: {1}",
          index,
          e.getMessage());
      return;
    }
    if (description == null || description.index() != index) {
      tally.malformed();
      return;
    }
    if (description.states().lingering()) {
      forget(index);
      return;
    }
    View now = new View(view.path(), description.states(), description);
    links.put(index, now);
    sink.put(fact(index, now));
    lease(index);
  }

  private void undescribed(int index, Throwable failure) {
    if (failure instanceof ErrorReplyException reply && reply.name().contains(".UnknownObject")) {
      forget(index);
    } else if (!nobody(failure)) {
      tally.failed();
      LOG.log(
          System.Logger.Level.DEBUG, "link {0} is not described: {1}", index, failure.getMessage());
    }
  }

  // --- leases ---

  private void leaseWritten(int link) {
    if (link == LeaseFolder.ALL) {
      List.copyOf(links.keySet()).forEach(this::lease);
    } else {
      lease(link);
      describe(link);
      clock.after(SECOND_LOOK, () -> guarded(() -> describe(link)));
    }
  }

  /** Tells what the leases of a link are now. */
  private void lease(int index) {
    View view = links.get(index);
    if (!present || outOfTouch || view == null) {
      return;
    }
    Set<Lease.Key> before = leases.keys(index);
    List<Lease> now = look(index, view);
    now.forEach(lease -> before.remove(lease.key()));
    before.forEach(sink::remove);
    now.forEach(sink::put);
    lookLater(index);
  }

  private List<Lease> look(int index, View view) {
    Path file = leaseFiles.resolve(Integer.toString(index));
    return leases.look(file, view.states(), view.description());
  }

  /** By half of its time a lease should be renewed; of one of IPv6 nothing else tells. */
  private void lookLater(int index) {
    ScheduledFuture<?> old = looks.remove(index);
    if (old != null) {
      old.cancel(false);
    }
    leases
        .untilHalf(index)
        .ifPresent(
            delay -> looks.put(index, clock.in(delay, () -> guarded(() -> describe(index)))));
  }

  // --- facts ---

  private Management hostFact() {
    return new Management(
        0,
        NetworkdSource.NAME,
        host.hostStage(),
        host.online().isEmpty() ? host.operational() : host.online(),
        host.operational(),
        States.reach(host.ipv4()),
        States.reach(host.ipv6()),
        "",
        List.of(),
        List.of());
  }

  private static Management fact(int index, View view) {
    States states = view.states();
    Description description = view.description();
    return new Management(
        index,
        NetworkdSource.NAME,
        states.stage(),
        states.setup(),
        states.operational(),
        States.reach(states.ipv4()),
        States.reach(states.ipv6()),
        description.profile(),
        Description.told(description.nameServers()),
        Description.told(description.domains()));
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
        LOG.log(System.Logger.Level.ERROR, "what systemd-networkd told could not be taken", e);
      }
    }
  }

  /** When it returns every thread has ended. */
  @Override
  public void close() {
    Bus on;
    LeaseFolder files;
    synchronized (this) {
      closed = true;
      on = bus;
      files = folder;
    }
    // Not under the lock, for which they may be waiting.
    if (on != null) {
      on.close();
    }
    if (files != null) {
      files.close();
    }
    clock.close();
  }
}
