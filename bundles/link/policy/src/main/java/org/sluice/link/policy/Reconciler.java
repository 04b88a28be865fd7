// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.Rule;
import org.sluice.ops.api.Backlog;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;

/**
 * Makes what is into what should be, whenever something happened.
 *
 * <p>One thread does all of it, looks and changes alike, on sockets of its own. Those who tell it
 * something only wake it. While the picture of the network is not known it holds still: that nobody
 * tells of a link does not mean that the link is gone.
 */
@Component(
    service = Reconciler.class,
    immediate = true,
    configurationPid = "org.sluice.link.policy")
@Designate(ocd = PolicyConfig.class)
public final class Reconciler {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.policy");

  /** What follows one another so closely is one change, */
  private static final long SETTLE_NANOS = 3_000_000L;

  /** and a pause in the midst of so much is no end of it, */
  private static final int BURST = 20;

  private static final long BURST_SETTLE_NANOS = 10_000_000L;

  /** unless it goes on for so long. */
  private static final long LONGEST_SETTLE_NANOS = 100_000_000L;

  private static final long FIRST_RETRY_NANOS = 200_000_000L;
  private static final long LAST_RETRY_NANOS = 30_000_000_000L;

  /** So long the configured policies have to come. */
  private static final long ASSEMBLY_NANOS = 10_000_000_000L;

  /** Who takes away again and again is answered ever more slowly, up to this. */
  private static final long SLOWEST_HEAL_NANOS = 300_000_000L;

  /** So many times as long as a look took nothing is looked at, but not longer than this. */
  private static final int REST = 2;

  private static final long LONGEST_REST_NANOS = 80_000_000L;

  private static final long FIRST_HEAL_PAUSE_NANOS = 5_000_000L;
  private static final long CALM_NANOS = 5_000_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Policies policies;
  private final TableFile file;
  private final Tally tally = new Tally();
  private final Thefts thefts = new Thefts();
  private final Works works = new Works(tally, thefts);
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "link.policy/reconciler");
  private final long born = System.nanoTime();

  // Guarded by the lock.
  private boolean dirty = true;
  private long newsAt = System.nanoTime();

  /** Since the last look began. */
  private int newsCount;

  private boolean stopping;

  private volatile Settings settings;
  private volatile @Nullable LinkTable table;
  private volatile @Nullable TableBook book;
  private volatile Report report = Report.holding("not looked yet", "", 0);
  private volatile int port;
  private @Nullable LinkSubscription subscription;

  // Of the thread.
  private @Nullable Routing routing;
  private Set<Owned> inForce = Set.of();
  private long retryNanos = FIRST_RETRY_NANOS;
  private long nextAt = System.nanoTime();
  private long healedAt = System.nanoTime() - CALM_NANOS;
  private long healPauseNanos = FIRST_HEAL_PAUSE_NANOS;
  private long notBefore = System.nanoTime();
  private @Nullable TableNames names;
  private String trouble = "";
  private boolean listens;

  @Activate
  public Reconciler(
      PolicyConfig config, BundleContext context, @Reference ConfigurationAdmin admin) {
    settings = Settings.of(config);
    policies = new Policies(admin);
    Path home = Path.of(Objects.requireNonNull(context.getProperty("sluice.home")));
    file = new TableFile(home.resolve("var").resolve("link").resolve("tables"));
    book = read();
    listener =
        new Listener(
            number -> number == settings.owner(),
            number -> number == port,
            new Listener.Ear() {
              @Override
              public void taken(Owned owned, int by) {
                thefts.saw(owned, by);
              }

              @Override
              public void changed() {
                wake();
              }
            });
    thread.start();
  }

  private @Nullable TableBook read() {
    try {
      return file.read().orElse(null);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "which table belongs to which link is unknown, links may get others; the file is kept"
              + " beside",
          e);
      try {
        file.setAside();
      } catch (IOException kept) {
        LOG.log(System.Logger.Level.DEBUG, "setting the file aside", kept);
      }
      // That there was one says that there may be something of ours in the kernel.
      return new TableBook(settings.owner(), List.of());
    }
  }

  @Modified
  void modified(PolicyConfig config) {
    settings = Settings.of(config);
    wake();
  }

  @Deactivate
  void deactivate() {
    lock.lock();
    try {
      stopping = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
    Joining.join(thread);
    listener.stop();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindTable(LinkTable found) {
    LinkSubscription former = subscription;
    table = found;
    subscription = found.subscribe("policy", new Awakening());
    if (former != null) {
      former.close();
    }
    wake();
  }

  synchronized void unbindTable(LinkTable lost) {
    if (Objects.equals(table, lost)) {
      table = null;
      LinkSubscription former = subscription;
      subscription = null;
      if (former != null) {
        former.close();
      }
      wake();
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindPolicy(LinkPolicy policy) {
    policies.put(policy);
    wake();
  }

  void updatedPolicy(LinkPolicy policy) {
    policies.put(policy);
    wake();
  }

  void unbindPolicy(LinkPolicy policy) {
    policies.gone(policy);
    wake();
  }

  /** What happens to links and addresses makes it look; of routes it hears by itself. */
  private final class Awakening implements LinkListener {
    @Override
    public void picture(LinkSnapshot whole, long missed) {
      wake();
    }

    @Override
    public void event(LinkEvent event) {
      boolean matters =
          switch (event) {
            case LinkEvent.Added added -> matters(added.fact());
            case LinkEvent.Changed changed -> matters(changed.fact());
            case LinkEvent.Removed removed -> matters(removed.fact());
            default -> true;
          };
      if (matters) {
        wake();
      }
    }

    private static boolean matters(Fact fact) {
      return fact instanceof Link || fact instanceof Address || fact instanceof Rule;
    }
  }

  private void wake() {
    lock.lock();
    try {
      newsAt = System.nanoTime();
      newsCount++;
      if (!dirty) {
        dirty = true;
        news.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  Settings settings() {
    return settings;
  }

  Report report() {
    return report;
  }

  Tally tally() {
    return tally;
  }

  /** What is done to the kernel, as it is done. */
  Backlog changes() {
    return works.changes();
  }

  /** Latest last. */
  List<Heal> heals() {
    return thefts.heals();
  }

  /**
   * Looks at the kernel now, on the thread of the caller, and changes nothing.
   *
   * @throws IllegalStateException when the picture of the network is not known
   */
  Outlook outlook() throws IOException {
    LinkTable from = table;
    Scene scene = from == null ? null : Scene.of(from.snapshot());
    if (scene == null || !scene.known()) {
      throw new IllegalStateException("the picture of the network is not known; see link:sources");
    }
    try (Routing look = new Routing()) {
      Settings now = settings;
      return Outlook.of(scene, policies.specs(), bookOr(now), now, look);
    }
  }

  private TableBook bookOr(Settings now) {
    TableBook kept = book;
    return kept == null ? new TableBook(now.owner(), List.of()) : kept;
  }

  private void run() {
    while (await()) {
      long began = System.nanoTime();
      try {
        reconcile();
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
      rest(began);
    }
    try {
      tidy();
    } catch (IOException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "own rules and routes could not be removed; see ip rule and ip route show table all for"
              + " proto "
              + settings.owner(),
          e);
    } finally {
      closeRouting();
    }
  }

  /** False when it is to end. */
  private boolean await() {
    lock.lock();
    try {
      sleep(nextAt, true);
      settle();
      dirty = false;
      newsCount = 0;
      return !stopping;
    } finally {
      lock.unlock();
    }
  }

  /** With the lock held; ends when there is a pause in the news, or has been none for long. */
  private void settle() {
    long latest = System.nanoTime() + LONGEST_SETTLE_NANOS;
    long until = readyAt(latest);
    while (!stopping && until > System.nanoTime()) {
      sleep(until, false);
      until = readyAt(latest);
    }
  }

  private long readyAt(long latest) {
    long pause = newsCount > BURST ? BURST_SETTLE_NANOS : SETTLE_NANOS;
    return Math.max(notBefore, Math.min(latest, newsAt + pause));
  }

  /** With the lock held; ends early when it is to end, or when it is woken and that counts. */
  private void sleep(long until, boolean wakes) {
    long left = until - System.nanoTime();
    while (!stopping && !(wakes && dirty) && left > 0) {
      try {
        left = news.awaitNanos(left);
      } catch (InterruptedException e) {
        // Nobody but the owner ends this thread, and it does so by deactivate().
        left = until - System.nanoTime();
      }
    }
  }

  /** However much happens, most of the time goes to others. */
  private void rest(long began) {
    long now = System.nanoTime();
    long rest = Math.min(LONGEST_REST_NANOS, REST * (now - began));
    if (now + rest - notBefore > 0) {
      notBefore = now + rest;
    }
  }

  private void failed(Exception e) {
    closeRouting();
    String text = e.getMessage() == null ? e.toString() : e.getMessage();
    if (!text.equals(trouble)) {
      LOG.log(System.Logger.Level.ERROR, "policy routing could not be looked at or changed", e);
    }
    trouble = text;
    tally.failures.increment();
    report =
        Report.holding(
            "the kernel could not be asked: " + text,
            "see the log of org.sluice.link.policy; it is tried again by itself",
            policies.specs().size());
    retry();
  }

  private void retry() {
    nextAt = System.nanoTime() + retryNanos;
    retryNanos = Math.min(LAST_RETRY_NANOS, retryNanos * 2);
  }

  private void reconcile() throws IOException {
    Settings now = settings;
    nextAt = System.nanoTime() + now.checkEverySeconds() * 1_000_000_000L;
    if (!assembled()) {
      return;
    }
    Collection<PolicySpec> specs = policies.specs();
    if (specs.isEmpty() && book == null) {
      report = Report.holding("", "", 0);
      return;
    }
    if (!listens) {
      listens = true;
      listener.start();
    }
    LinkTable from = table;
    Scene scene = from == null ? null : Scene.of(from.snapshot());
    if (scene == null || !scene.known()) {
      report =
          Report.holding(
              "the picture of the network is not known, so nothing is changed",
              "link:sources tells more",
              specs.size());
      return;
    }
    Routing kernel = routing();
    tally.looks.increment();
    Outlook outlook = Outlook.of(scene, specs, bookOr(now), now, kernel);
    trouble = "";
    if (!now.acts()) {
      look(outlook, specs.size(), "only planned: mode is plan", "");
      return;
    }
    if (!Capabilities.current().has(Capability.CAP_NET_ADMIN)) {
      look(
          outlook,
          specs.size(),
          "CAP_NET_ADMIN is missing, so nothing is changed",
          Capabilities.remedy(Set.of(Capability.CAP_NET_ADMIN)));
      return;
    }
    carryOut(outlook, specs.size(), now, kernel);
  }

  /** At the start policies come one by one; until all are there, what is missing may still come. */
  private boolean assembled() {
    if (policies.complete()) {
      return true;
    }
    if (System.nanoTime() - born > ASSEMBLY_NANOS) {
      LOG.log(
          System.Logger.Level.WARNING,
          "policies did not come up: " + policies.giveUp() + "; host:explain tells why");
      return true;
    }
    nextAt = System.nanoTime() + 50_000_000L;
    return false;
  }

  private void look(Outlook outlook, int count, String holding, String remedy) {
    inForce = Set.of();
    report = report(outlook, count, holding, remedy, outlook.actual().owned(), Map.of(), List.of());
  }

  private static Report report(
      Outlook outlook,
      int count,
      String holding,
      String remedy,
      Set<Owned> there,
      Map<Owned, Failure> failures,
      List<Conflict> more) {
    List<Conflict> conflicts = new ArrayList<>(outlook.desired().conflicts());
    conflicts.addAll(more);
    if (outlook.actual().strangers() > 0) {
      conflicts.add(
          new Conflict(
              "",
              outlook.actual().strangers()
                  + " rules or routes carry our protocol number and were not made here; they are"
                  + " left alone",
              "choose another owner in org.sluice.link.policy.cfg.json"));
    }
    int rules = (int) there.stream().filter(OwnedRule.class::isInstance).count();
    return new Report(
        holding,
        remedy,
        count,
        outlook.desired().lanes(),
        List.copyOf(conflicts),
        holding.isEmpty() ? 0 : outlook.plan().steps().size(),
        rules,
        there.size() - rules,
        Map.copyOf(failures));
  }

  private void carryOut(Outlook outlook, int count, Settings now, Routing kernel)
      throws IOException {
    TableBook before = book;
    if (before != null && before.owner() != now.owner()) {
      works.removeAll(kernel, before.owner());
      keep(before.ownedBy(now.owner()));
      // What was looked at is not so any more.
      wake();
      return;
    }
    TableBook after = outlook.book().ownedBy(now.owner());
    if (!after.equals(before)) {
      keep(after);
    }
    Works.Outcome outcome =
        works.carryOut(outlook, kernel, now.owner(), inForce, report.failures());
    if (outcome.healed() > 0) {
      slowDown();
    }
    Set<Owned> there = new LinkedHashSet<>(outcome.there());
    there.retainAll(new HashSet<>(outlook.desired().all()));
    inForce = Set.copyOf(there);
    List<Conflict> more = writeNames(outlook, now);
    report = report(outlook, count, "", "", there, outcome.failures(), more);
    if (outcome.failures().isEmpty()) {
      retryNanos = FIRST_RETRY_NANOS;
    } else {
      retry();
    }
  }

  /** Before anything is made: after a crash it must be known that there may be something. */
  private void keep(TableBook after) {
    book = after;
    try {
      file.write(after);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "which table belongs to which link cannot be kept, after a restart links may get others",
          e);
    }
  }

  /** Two programs that undo one another's work must not do so as fast as they can. */
  private void slowDown() {
    long now = System.nanoTime();
    healPauseNanos =
        now - healedAt > CALM_NANOS
            ? FIRST_HEAL_PAUSE_NANOS
            : Math.min(SLOWEST_HEAL_NANOS, healPauseNanos * 2);
    healedAt = now;
    notBefore = now + healPauseNanos;
  }

  /** What went wrong, if anything did. */
  private List<Conflict> writeNames(Outlook outlook, Settings now) {
    TableNames wanted = now.names().isEmpty() ? null : new TableNames(Path.of(now.names()));
    TableNames former = names;
    names = wanted;
    try {
      if (former != null && (wanted == null || !wanted.file().equals(former.file()))) {
        former.remove();
      }
      if (wanted != null) {
        Map<Long, String> byTable = new HashMap<>();
        outlook
            .tables()
            .forEach((index, number) -> byTable.put(number, outlook.scene().names().apply(index)));
        wanted.write(byTable);
      }
      return List.of();
    } catch (IOException e) {
      return List.of(
          new Conflict(
              "",
              "the names of tables cannot be written: " + e,
              "give the process the right to write there, or take names out of"
                  + " org.sluice.link.policy.cfg.json"));
    }
  }

  /** Takes away what was made, unless it is to stay. */
  private void tidy() throws IOException {
    Settings now = settings;
    TableBook made = book;
    if (made == null || now.keeps() || !now.acts()) {
      return;
    }
    works.removeAll(routing(), made.owner());
    TableNames written = names;
    if (written != null) {
      written.remove();
    }
  }

  private Routing routing() throws IOException {
    Routing open = routing;
    if (open == null) {
      open = new Routing();
      routing = open;
      port = open.port();
    }
    return open;
  }

  private void closeRouting() {
    if (routing != null) {
      routing.close();
      routing = null;
    }
  }
}
