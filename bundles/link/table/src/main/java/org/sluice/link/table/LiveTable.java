// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSource;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.Route;
import org.sluice.link.api.SourceState;

/** The table: one lock, one picture, one log of events, and those who read it. */
@Component(
    service = {LinkTable.class, LiveTable.class},
    immediate = true,
    configurationPid = "org.sluice.link.table")
@Designate(ocd = TableConfig.class)
public final class LiveTable implements LinkTable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.table");

  /** How many events a subscriber takes at once. */
  private static final int BATCH = 256;

  private static final Comparator<Link> LINKS = Comparator.comparingInt(Link::index);
  private static final Comparator<Address> ADDRESSES =
      Comparator.comparingInt(Address::link).thenComparing(Address::prefix);
  private static final Comparator<Route> ROUTES =
      Comparator.comparingLong(Route::table)
          .thenComparing(Route::destination, Comparator.<IpPrefix>naturalOrder())
          .thenComparingLong(Route::metric);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final ScheduledThreadPoolExecutor later;

  // All below is guarded by the lock.
  private final Picture picture = new Picture();
  private final EventLog log;
  private final Map<String, Contribution> byName = new HashMap<>();
  private final IdentityHashMap<LinkSource, RevocableSink> sinks = new IdentityHashMap<>();
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private @Nullable LinkSnapshot current;
  private int withdrawAfter;
  private boolean closed;
  private long fallenBehind;
  private long missed;
  private long listenerFailures;

  @Activate
  public LiveTable(TableConfig config) {
    log = new EventLog(0, config.history());
    withdrawAfter = config.withdrawAfter();
    later = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "link.table/withdraw"));
    later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
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
    if (!later.awaitTermination(5, TimeUnit.SECONDS)) {
      LOG.log(System.Logger.Level.WARNING, "the thread link.table/withdraw does not end");
    }
  }

  // --- sources

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addSource(LinkSource source) {
    RevocableSink sink = admit(source);
    try {
      source.attach(sink);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "link source cannot be attached name=" + source.name(), e);
      condition(sink, SourceState.Condition.FAILING, e.toString());
    }
  }

  private RevocableSink admit(LinkSource source) {
    lock.lock();
    try {
      Contribution contribution = byName.get(source.name());
      boolean known = contribution != null;
      if (contribution == null) {
        contribution = new Contribution(source.name(), source.rank(), Instant.now());
        byName.put(source.name(), contribution);
        picture.join(contribution);
      }
      RevocableSink sink = new RevocableSink(this, contribution);
      sinks.put(source, sink);
      if (contribution.holder() == null) {
        contribution.holder(sink);
        if (known) {
          state(contribution, SourceState.Condition.STARTING, "it came back");
        } else {
          tellState(contribution);
        }
      } else {
        contribution.successor(sink);
      }
      return sink;
    } finally {
      unlock();
    }
  }

  void removeSource(LinkSource source) {
    lock.lock();
    try {
      RevocableSink sink = sinks.remove(source);
      if (sink != null) {
        sink.revoke("its bundle was stopped");
        part(sink);
      }
    } finally {
      unlock();
    }
    try {
      source.detach();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "link source fails to detach name=" + source.name(), e);
    }
  }

  private void part(RevocableSink sink) {
    Contribution contribution = sink.contribution();
    if (contribution.successor() == sink) {
      contribution.successor(null);
    } else if (contribution.holder() == sink) {
      contribution.holder(contribution.successor());
      contribution.successor(null);
      if (contribution.holder() == null) {
        gone(contribution);
      }
    }
  }

  private void gone(Contribution contribution) {
    state(
        contribution,
        SourceState.Condition.GONE,
        "its bundle was stopped; its facts stay for " + withdrawAfter + " s");
    long departure = contribution.depart();
    if (!closed) {
      // What fails in there ends in the log: nobody waits for it.
      var _ =
          later.schedule(() -> withdraw(contribution, departure), withdrawAfter, TimeUnit.SECONDS);
    }
  }

  private void withdraw(Contribution contribution, long departure) {
    lock.lock();
    try {
      // It may have come back, and even have gone again, in which case a later call is under way.
      if (contribution.holder() == null && contribution.departures() == departure) {
        picture.withdraw(contribution, changes(contribution, LinkEvent.Cause.WITHDRAWN));
        byName.remove(contribution.source(), contribution);
      }
    } finally {
      unlock();
    }
  }

  void present(RevocableSink sink, Set<Fact.Kind> kinds, Collection<? extends Fact> all) {
    lock.lock();
    try {
      sink.check();
      Contribution contribution = sink.contribution();
      RevocableSink holder = contribution.holder();
      if (contribution.successor() == sink) {
        if (holder != null) {
          holder.revoke("a newer source of this name took over");
        }
        contribution.holder(sink);
        contribution.successor(null);
      }
      boolean first = contribution.first(kinds);
      picture.present(
          contribution,
          kinds,
          all,
          changes(contribution, first ? LinkEvent.Cause.INITIAL : LinkEvent.Cause.RESYNC));
      state(contribution, SourceState.Condition.LIVE, "");
    } finally {
      unlock();
    }
  }

  void put(RevocableSink sink, Fact fact) {
    lock.lock();
    try {
      Contribution contribution = holding(sink);
      picture.put(contribution, fact, changes(contribution, LinkEvent.Cause.CHANGE));
    } finally {
      unlock();
    }
  }

  void remove(RevocableSink sink, Fact.Key key) {
    lock.lock();
    try {
      Contribution contribution = holding(sink);
      picture.remove(contribution, key, changes(contribution, LinkEvent.Cause.CHANGE));
    } finally {
      unlock();
    }
  }

  void condition(RevocableSink sink, SourceState.Condition condition, String text) {
    lock.lock();
    try {
      sink.check();
      if (sink.contribution().holder() == sink) {
        state(sink.contribution(), condition, text);
      }
    } finally {
      unlock();
    }
  }

  private static Contribution holding(RevocableSink sink) {
    sink.check();
    Contribution contribution = sink.contribution();
    if (contribution.holder() != sink) {
      throw new IllegalStateException(
          "link source " + contribution.source() + " must present its picture first");
    }
    return contribution;
  }

  // --- events

  private void state(Contribution of, SourceState.Condition condition, String text) {
    SourceState before = of.state();
    if (before.condition() != condition || !before.text().equals(text)) {
      of.state(new SourceState(of.source(), condition, Instant.now(), text));
      tellState(of);
    }
  }

  private void tellState(Contribution of) {
    add(
        new LinkEvent.SourceChanged(
            stamp(of.source(), LinkEvent.Cause.CHANGE, Instant.now()), of.state()));
  }

  private Picture.Changes changes(Contribution from, LinkEvent.Cause cause) {
    Instant now = Instant.now();
    return new Picture.Changes() {
      @Override
      public void added(Fact fact) {
        add(new LinkEvent.Added(stamp(from.source(), cause, now), fact));
      }

      @Override
      public void changed(Fact before, Fact after) {
        add(new LinkEvent.Changed(stamp(from.source(), cause, now), before, after));
      }

      @Override
      public void removed(Fact fact) {
        add(new LinkEvent.Removed(stamp(from.source(), cause, now), fact));
      }
    };
  }

  private LinkEvent.Stamp stamp(String source, LinkEvent.Cause cause, Instant now) {
    return new LinkEvent.Stamp(log.last() + 1, now, source, cause);
  }

  private void add(LinkEvent event) {
    log.add(event);
    current = null;
  }

  /** Tells the subscribers once for all that one call changed. */
  private void unlock() {
    if (current == null) {
      news.signalAll();
    }
    lock.unlock();
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
          new Subscriber(this, name, listener, known ? after : log.last(), !known);
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
      news.signalAll();
    } finally {
      lock.unlock();
    }
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
  Delivery next(Subscriber subscriber) throws InterruptedException {
    lock.lock();
    try {
      while (!subscriber.closed()
          && !subscriber.wantsPicture()
          && subscriber.seen() == log.last()) {
        news.await();
      }
      if (subscriber.closed()) {
        return new Delivery.End();
      }
      if (subscriber.wantsPicture()) {
        LinkSnapshot whole = snapshot();
        subscriber.seen(whole.number());
        return new Delivery.Whole(whole, 0);
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
          log.last(),
          log.byName(),
          log.byCause(),
          subscribers.size(),
          lag,
          fallenBehind,
          missed,
          listenerFailures,
          picture.contributions().stream().map(Contribution::state).toList());
    } finally {
      lock.unlock();
    }
  }
}
