// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSource;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;
import org.sluice.link.api.SourceState;

/** The table: one lock, one picture, one log of events, and those who read it. */
@Component(
    service = {LinkTable.class, LiveTable.class},
    immediate = true,
    configurationPid = "org.sluice.link.table")
@Designate(ocd = TableConfig.class)
public final class LiveTable implements LinkTable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.table");

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How many events a subscriber takes at once. */
  private static final int BATCH = 256;

  private static final Comparator<Link> LINKS = Comparator.comparingInt(Link::index);
  private static final Comparator<Address> ADDRESSES =
      Comparator.comparingInt(Address::link).thenComparing(Address::prefix);
  private static final Comparator<Route> ROUTES =
      Comparator.comparingLong(Route::table)
          .thenComparing(Route::destination, Comparator.<IpPrefix>naturalOrder())
          .thenComparingLong(Route::metric);

  private static final Comparator<Rule> RULES =
      Comparator.comparing(Rule::six)
          .thenComparingLong(Rule::priority)
          .thenComparing(Rule::from, Comparator.nullsFirst(Comparator.<IpPrefix>naturalOrder()))
          .thenComparingLong(Rule::table)
          .thenComparing(Rule::toString);

  private static final Comparator<Neighbour> NEIGHBOURS =
      Comparator.comparingInt(Neighbour::link).thenComparing(Neighbour::address);

  private static final Comparator<Lease> LEASES =
      Comparator.comparingInt(Lease::link).thenComparing(Lease::six).thenComparing(Lease::manager);

  private static final Comparator<Management> MANAGEMENTS =
      Comparator.comparingInt(Management::link).thenComparing(Management::manager);

  private final ReentrantLock lock = new ReentrantLock();
  private final ScheduledThreadPoolExecutor later;
  private final NumberFile numbers;

  /** Null before anything had to be withdrawn. */
  private volatile @Nullable Thread withdrawing;

  /** Rung without the lock, so that those who wake do not queue up for it one behind another. */
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

  // All below is guarded by the lock.
  private final EventLog log;
  private final Picture picture = new Picture();
  private final Sources sources;
  private @Nullable LinkSnapshot current;
  private int withdrawAfter;
  private boolean closed;

  /** Whether any source tells of links; else since when none does. */
  private boolean told;

  private long quietSince = System.nanoTime();
  private long fallenBehind;
  private long missed;
  private long listenerFailures;

  @Activate
  public LiveTable(TableConfig config, BundleContext context) {
    this(config, new NumberFile(numberFile(context), Clock.systemUTC()));
  }

  LiveTable(TableConfig config, NumberFile numbers) {
    this.numbers = numbers;
    log = new EventLog(numbers.begin(), config.history());
    sources = new Sources(picture, new Journal(log));
    withdrawAfter = config.withdrawAfter();
    later = new ScheduledThreadPoolExecutor(1, this::thread);
    later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private Thread thread(Runnable task) {
    Thread made = new Thread(task, "link.table/withdraw");
    withdrawing = made;
    return made;
  }

  private static @Nullable Path numberFile(BundleContext context) {
    String home = context.getProperty("sluice.home");
    return home == null ? null : Path.of(home, "var", "link", "number");
  }

  @Modified
  void modified(TableConfig config) {
    lock.lock();
    try {
      log.resize(config.history());
      withdrawAfter = config.withdrawAfter();
    } finally {
      lock.unlock();
    }
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    later.shutdownNow();
    List<Subscriber> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(subscribers);
    } finally {
      lock.unlock();
    }
    all.forEach(Subscriber::close);
    Thread withdrawing = this.withdrawing;
    if (withdrawing != null && !withdrawing.join(PATIENCE)) {
      LOG.log(System.Logger.Level.WARNING, "the thread link.table/withdraw does not end");
    }
    change(() -> numbers.end(log.last()));
  }

  // --- sources

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addSource(LinkSource source) {
    RevocableSink sink = changing(() -> sources.admit(source, this));
    try {
      source.attach(sink);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "link source cannot be attached name=" + source.name(), e);
      condition(sink, SourceState.Condition.FAILING, e.toString());
    }
  }

  void removeSource(LinkSource source) {
    change(
        () -> {
          String consequence = "its facts stay for " + withdrawAfter + " s";
          var departure = sources.dismiss(source, "its bundle was stopped", consequence);
          if (departure != null && !closed) {
            // What fails in there ends in the log: nobody waits for it.
            var _ =
                later.schedule(
                    () -> change(() -> sources.withdraw(departure)),
                    withdrawAfter,
                    TimeUnit.SECONDS);
          }
        });
    try {
      source.detach();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "link source fails to detach name=" + source.name(), e);
    }
  }

  void present(RevocableSink sink, Set<Fact.Kind> kinds, Collection<? extends Fact> all) {
    change(() -> sources.present(sink, kinds, all));
  }

  void put(RevocableSink sink, Fact fact) {
    change(() -> sources.put(sink, fact));
  }

  void remove(RevocableSink sink, Fact.Key key) {
    change(() -> sources.remove(sink, key));
  }

  void condition(RevocableSink sink, SourceState.Condition condition, String text) {
    change(() -> sources.condition(sink, condition, text));
  }

  private void change(Runnable what) {
    var _ =
        changing(
            () -> {
              what.run();
              return true;
            });
  }

  /** Wakes the subscribers, once for all that is changed. */
  private <T> T changing(Supplier<T> what) {
    lock.lock();
    try {
      return what.get();
    } finally {
      // What was written before it failed was written all the same.
      boolean news = account();
      lock.unlock();
      if (news) {
        subscribers.forEach(Subscriber::ring);
      }
    }
  }

  /** Whether there is something to tell. */
  private boolean account() {
    boolean before = told;
    told = sources.tellOfLinks();
    if (before && !told) {
      quietSince = System.nanoTime();
    }
    if (current != null && current.number() == log.last()) {
      return false;
    }
    current = null;
    if (numbers.near(log.last()) && !closed) {
      numbers.ahead(log.last());
    }
    return true;
  }

  // --- readers

  @Override
  public LinkSnapshot snapshot() {
    lock.lock();
    try {
      LinkSnapshot known = current;
      if (known == null) {
        known =
            new LinkSnapshot(
                log.last(),
                Instant.now(),
                sorted(Fact.Kind.LINK, Link.class, LINKS),
                sorted(Fact.Kind.ADDRESS, Address.class, ADDRESSES),
                sorted(Fact.Kind.ROUTE, Route.class, ROUTES),
                sorted(Fact.Kind.RULE, Rule.class, RULES),
                sorted(Fact.Kind.NEIGHBOUR, Neighbour.class, NEIGHBOURS),
                sorted(Fact.Kind.LEASE, Lease.class, LEASES),
                sorted(Fact.Kind.MANAGEMENT, Management.class, MANAGEMENTS),
                picture.contributions().stream().map(Contribution::state).toList());
        current = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private <F extends Fact> List<F> sorted(Fact.Kind kind, Class<F> type, Comparator<F> order) {
    List<F> facts = new ArrayList<>();
    for (Fact fact : picture.facts(kind)) {
      facts.add(type.cast(fact));
    }
    facts.sort(order);
    return facts;
  }

  @Override
  public List<LinkEvent> history(long after, int limit) {
    lock.lock();
    try {
      long from = Math.max(Math.max(after, log.oldest()), log.last() - limit);
      return from >= log.last() ? List.of() : log.after(from, limit);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public LinkSubscription subscribe(String name, LinkListener listener) {
    return enter(name, listener, -1);
  }

  @Override
  public LinkSubscription resume(String name, long after, LinkListener listener) {
    return enter(name, listener, after);
  }

  private LinkSubscription enter(String name, LinkListener listener, long after) {
    lock.lock();
    try {
      boolean known = log.covers(after);
      Subscriber subscriber =
          new Subscriber(
              this, name, listener, known ? after : log.last(), known ? null : snapshot());
      subscribers.add(subscriber);
      subscriber.start();
      return subscriber;
    } finally {
      lock.unlock();
    }
  }

  void leave(Subscriber subscriber) {
    lock.lock();
    try {
      subscribers.remove(subscriber);
      subscriber.markClosed();
    } finally {
      lock.unlock();
    }
    subscriber.ring();
  }

  boolean left(Subscriber subscriber) {
    lock.lock();
    try {
      return subscriber.closed();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to tell. */
  Delivery next(Subscriber subscriber) {
    Delivery delivery = nextNow(subscriber);
    while (delivery == null) {
      subscriber.listen();
      delivery = nextNow(subscriber);
    }
    return delivery;
  }

  /** Null when there is nothing to tell. */
  private @Nullable Delivery nextNow(Subscriber subscriber) {
    lock.lock();
    try {
      if (subscriber.closed()) {
        return new Delivery.End();
      }
      LinkSnapshot first = subscriber.takeFirst();
      if (first != null) {
        return new Delivery.Whole(first, 0);
      }
      if (subscriber.seen() == log.last()) {
        return null;
      }
      if (!log.covers(subscriber.seen())) {
        LinkSnapshot whole = snapshot();
        long lost = whole.number() - subscriber.seen();
        fallenBehind++;
        missed += lost;
        subscriber.seen(whole.number());
        return new Delivery.Whole(whole, lost);
      }
      List<LinkEvent> events = log.after(subscriber.seen(), BATCH);
      subscriber.seen(subscriber.seen() + events.size());
      return new Delivery.Events(events);
    } finally {
      lock.unlock();
    }
  }

  void listenerFailed() {
    lock.lock();
    try {
      listenerFailures++;
    } finally {
      lock.unlock();
    }
  }

  /** For health and metrics. */
  TableFigures figures() {
    lock.lock();
    try {
      long lag = 0;
      for (Subscriber subscriber : subscribers) {
        lag = Math.max(lag, log.last() - subscriber.seen());
      }
      return new TableFigures(
          picture.facts(Fact.Kind.LINK).size(),
          picture.facts(Fact.Kind.ADDRESS).size(),
          picture.facts(Fact.Kind.ROUTE).size(),
          picture.facts(Fact.Kind.RULE).size(),
          picture.facts(Fact.Kind.LEASE).size(),
          log.last(),
          log.byName(),
          log.byCause(),
          subscribers.size(),
          lag,
          fallenBehind,
          missed,
          listenerFailures,
          told ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - quietSince)),
          picture.contributions().stream().map(Contribution::state).toList());
    } finally {
      lock.unlock();
    }
  }
}
