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
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.Body;
import org.sluice.dbus.Bus;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.Buses;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.ErrorReplyException;
import org.sluice.dbus.FollowedService;
import org.sluice.dbus.Following;
import org.sluice.dbus.MethodCall;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.Signal;
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
 * <p>Everything happens under the lock of the {@link FollowedService}: signals and answers on the
 * thread of the bus, changed leases on that of the folder, what is due on that of the clock.
 */
final class Networkd implements Following<Networkd.Whole>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkd");
  private static final String SERVICE = "org.freedesktop.network1";
  private static final String CONFIGURATION = "org.sluice.link.networkd.cfg.json";
  private static final String MANAGER = SERVICE + ".Manager";
  private static final String LINK = SERVICE + ".Link";
  private static final ObjectPath ROOT = new ObjectPath("/org/freedesktop/network1");
  private static final Set<Fact.Kind> KINDS = EnumSet.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT);

  /** The kernel tells networkd of the new lifetime a moment after the lease was written. */
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final LinkSink sink;
  private final ServiceTally tally;
  private final Path leaseFiles;
  private final Leases leases;
  private final FollowedService<Whole> service;

  // All below is guarded by the lock of the service.
  private final Map<Integer, View> links = new HashMap<>();
  private final Map<ObjectPath, Integer> byPath = new HashMap<>();
  private final Set<Integer> asked = new HashSet<>();
  private final Set<Integer> askAgain = new HashSet<>();
  private final Map<Integer, Future<?>> looks = new HashMap<>();
  private States host = States.NONE;
  private volatile @Nullable LeaseFolder folder;

  /** What is known of one link. */
  private record View(ObjectPath path, States states, Description description) {}

  /**
   * All that networkd says.
   *
   * @param paths of links, by their index
   * @param own properties of networkd itself
   */
  record Whole(Map<Integer, ObjectPath> paths, VariantMap own, List<Description> descriptions) {}

  Networkd(LinkSink sink, ServiceTally tally, Path leaseFiles) {
    this.sink = sink;
    this.tally = tally;
    this.leaseFiles = leaseFiles;
    leases = new Leases(tally);
    service =
        new FollowedService<>(
            "link.networkd",
            "systemd-networkd",
            SERVICE,
            SignalRule.propertiesChanged(SERVICE, ROOT),
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
  public CompletableFuture<Whole> read(Bus bus) {
    CompletableFuture<Body> list = bus.call(MethodCall.to(SERVICE, ROOT, MANAGER, "ListLinks"));
    CompletableFuture<VariantMap> own = bus.properties(SERVICE, ROOT, MANAGER);
    CompletableFuture<Body> described = bus.call(MethodCall.to(SERVICE, ROOT, MANAGER, "Describe"));
    return CompletableFuture.allOf(list, own, described)
        .thenApply(_ -> new Whole(paths(list.join()), own.join(), descriptions(described.join())));
  }

  private Map<Integer, ObjectPath> paths(Body list) {
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
    return paths;
  }

  private List<Description> descriptions(Body described) {
    try {
      return Description.ofManager(described.text(0).orElse(""), tally);
    } catch (JsonException e) {
      throw new CompletionException(
          new IOException("it describes itself in broken JSON: " + e.getMessage(), e));
    }
  }

  @Override
  public String advice(Throwable failure) {
    return failure instanceof ErrorReplyException reply && reply.name().endsWith(".UnknownMethod")
        ? "; systemd-networkd 250 or newer is needed"
        : "";
  }

  @Override
  public void took(Whole everything, boolean afterGap) {
    links.clear();
    byPath.clear();
    host = States.NONE.with(key -> everything.own().text(key).orElse(null), tally);
    for (Description description : everything.descriptions()) {
      ObjectPath path = everything.paths().get(description.index());
      if (path != null && !description.states().lingering()) {
        links.put(description.index(), new View(path, description.states(), description));
        byPath.put(path, description.index());
      }
    }
    watchLeases();
    if (afterGap) {
      leases.patient(FollowedService.GRACE);
      var _ = service.later(FollowedService.GRACE, () -> links.keySet().forEach(this::lease));
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(hostFact());
    links.forEach((index, view) -> facts.add(fact(index, view)));
    leases.retain(links.keySet());
    links.forEach((index, view) -> facts.addAll(look(index, view)));
    tally.subjects(links.size());
    sink.present(KINDS, facts);
    links.keySet().forEach(this::lookLater);
  }

  private void watchLeases() {
    if (folder != null) {
      return;
    }
    try {
      folder = new LeaseFolder(leaseFiles, link -> service.run(() -> leaseWritten(link)));
    } catch (IOException e) {
      // Mostly the limit of inotify instances; leases are read all the same, some of them later.
      tally.failed();
      LOG.log(System.Logger.Level.WARNING, "watching {0}: {1}", leaseFiles, e.getMessage());
    }
  }

  @Override
  public void failing(String why) {
    sink.condition(Condition.FAILING, why);
  }

  @Override
  public void absent(String why) {
    links.clear();
    byPath.clear();
    leases.clear();
    host = States.NONE;
    sink.condition(Condition.ABSENT, why);
  }

  // --- what changes ---

  @Override
  public void signal(Signal signal) {
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
        service.readAnew();
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
      tally.subjects(links.size());
    }
  }

  /** Asks for all of one link. While an answer is awaited, once more after it. */
  private void describe(int index) {
    View view = links.get(index);
    if (view == null) {
      return;
    }
    if (!asked.add(index)) {
      askAgain.add(index);
      return;
    }
    service.ask(
        MethodCall.to(SERVICE, view.path(), LINK, "Describe"),
        (answer, failure) -> {
          asked.remove(index);
          if (answer != null) {
            described(index, answer);
          } else if (failure != null && service.listening()) {
            undescribed(index, failure);
          }
          if (askAgain.remove(index)) {
            describe(index);
          }
        });
  }

  private void described(int index, Body answer) {
    View view = links.get(index);
    if (view == null) {
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
    } else if (!FollowedService.nobody(failure)) {
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
      var _ = service.later(SECOND_LOOK, () -> describe(link));
    }
  }

  /** Tells what the leases of a link are now. */
  private void lease(int index) {
    View view = links.get(index);
    if (!service.inTouch() || view == null) {
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
    Future<?> old = looks.remove(index);
    if (old != null) {
      old.cancel(false);
    }
    leases
        .untilHalf(index)
        .ifPresent(delay -> looks.put(index, service.later(delay, () -> describe(index))));
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

  @Override
  public boolean survives(RuntimeException thrown) {
    if (thrown instanceof SinkRevokedException) {
      LOG.log(System.Logger.Level.DEBUG, "ends: {0}", thrown.getMessage());
      return false;
    }
    tally.failed();
    LOG.log(System.Logger.Level.ERROR, "what systemd-networkd told could not be taken", thrown);
    return true;
  }

  /** When it returns every thread has ended. */
  @Override
  public void close() {
    service.close();
    // Nothing opens it any more.
    LeaseFolder files = folder;
    if (files != null) {
      files.close();
    }
  }
}
