// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.log.LogReaderService;
import org.sluice.host.api.ConfigChange;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.ConfigStatus;
import org.sluice.host.api.Generation;
import org.sluice.host.api.Generations;

/**
 * Guards the configuration: the first picture of the folder is taken while this component starts,
 * so that domains find their configuration when they start after it; every later one by the thread
 * {@code host.config/worker}. Whoever changes what is in force has the turn.
 */
@Component(
    service = {Generations.class, Guard.class},
    immediate = true)
public final class Guard implements Generations {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final int KEEP = 50;

  /** After the start a plugin that is not there by then is not coming. */
  private static final long ARRIVAL = Duration.ofSeconds(30).toNanos();

  /** What brought the process down is tried again when everything else has been up for so long. */
  private static final long CALM = Duration.ofSeconds(5).toNanos();

  private final BundleContext context;
  private final Hints hints = new Hints();
  private final ReentrantLock turn = new ReentrantLock();
  private final Schemas schemas;
  private final Tally tally = new Tally();
  private final GenerationStore store;
  private final DomainChecks domains;
  private final HealthWatch health;
  private final Delivery delivery;
  private final Course course;
  private final Look look;
  private final DryRun dryRun;
  private final SynchronousBundleListener bundles = this::bundleChanged;
  private final FrameworkListener framework = this::frameworkChanged;
  private final Thread worker = new Thread(this::work, "host.config/worker");
  private volatile boolean stopping;

  /** Only by the worker. */
  private long startedAt;

  /** When a plugin was last waited for; 0 when none was. Only by the worker. */
  private long awaitedAt;

  @Activate
  public Guard(
      BundleContext context,
      @Reference ConfigurationAdmin admin,
      @Reference ServiceComponentRuntime runtime,
      @Reference LogReaderService log) {
    this.context = context;
    Path home = Path.of(context.getProperty("sluice.home"));
    ConfigFolder folder = new ConfigFolder(home.resolve("configs"));
    this.schemas = new Schemas(new SchemaMemory(home.resolve("var/config/metatype")));
    ComponentWatch components = new ComponentWatch(context, runtime);
    this.store = new GenerationStore(home.resolve("var/config"), KEEP);
    this.domains = new DomainChecks(context);
    this.health = new HealthWatch(context);
    this.delivery = new Delivery(context, admin);
    this.course =
        new Course(
            store,
            new Applier(admin),
            delivery,
            changed -> new Probation(components, new LogWatch(log), health, changed),
            tally,
            this::ending);
    Checker checker = new Checker(schemas);
    this.look = new Look(folder, checker, domains, store, course, tally);
    this.dryRun = new DryRun(folder, checker, domains);
    begin();
  }

  private void begin() {
    context.addBundleListener(bundles);
    for (Bundle bundle : context.getBundles()) {
      schemas.add(bundle);
    }
    turn.lock();
    try {
      look.begin();
    } catch (RuntimeException | IOException e) {
      LOG.log(ERROR, "configuration could not be read at the start", e);
    } finally {
      turn.unlock();
    }
    context.addFrameworkListener(framework);
    worker.setDaemon(true);
    worker.start();
  }

  @Deactivate
  void stop() throws InterruptedException {
    stopping = true;
    context.removeFrameworkListener(framework);
    context.removeBundleListener(bundles);
    hints.close();
    worker.join(3000);
    turn.lock();
    try {
      course.close();
    } finally {
      turn.unlock();
    }
    delivery.close();
    domains.close();
    health.close();
  }

  /** There may be something new in the folder. Returns at once. */
  void hint() {
    hints.give();
  }

  private void work() {
    try {
      while (!stopping) {
        boolean hinted = hints.await(look.patience());
        if (hinted && !stopping) {
          health.prepare();
          hints.settle();
        }
        if (stopping) {
          return;
        }
        turn.lockInterruptibly();
        try {
          long up = up();
          if (up > ARRIVAL && absenceCounts()) {
            look.bundlesChanged();
          }
          look.step(hinted, up >= 0, calm(up));
        } catch (RuntimeException e) {
          LOG.log(ERROR, "looking at the configuration failed; the last good one stays", e);
        } finally {
          turn.unlock();
        }
      }
    } catch (InterruptedException e) {
      LOG.log(WARNING, "interrupted; configuration files are not watched any more");
    }
  }

  /** For how many nanoseconds everything has been started; negative when it is not. */
  private long up() {
    if (startedAt == 0 && started()) {
      startedAt = System.nanoTime();
    }
    return startedAt == 0 ? -1 : System.nanoTime() - startedAt;
  }

  /** Whether all is up, and the plugins that are to come have had the time to start. */
  private boolean calm(long up) {
    long now = System.nanoTime();
    if (up <= ARRIVAL && schemas.awaitsAny()) {
      awaitedAt = now;
    }
    return up > CALM && (awaitedAt == 0 || now - awaitedAt > CALM);
  }

  /** Whether a plugin was waited for that does not come any more. */
  private boolean absenceCounts() {
    // In safe mode all plugins are held back; nothing follows from that.
    return !Boolean.parseBoolean(context.getProperty("sluice.safe")) && schemas.forgetAbsent();
  }

  private boolean started() {
    return processIs(Bundle.ACTIVE);
  }

  private boolean ending() {
    return stopping || processIs(Bundle.STOPPING);
  }

  private boolean processIs(int state) {
    return context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == state;
  }

  private void frameworkChanged(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.STARTED) {
      look.bundlesChanged();
      hints.give();
    }
  }

  /** Before the bundle is resolved or started: it must not meet values that it forbids. */
  private void bundleChanged(BundleEvent event) {
    Bundle bundle = event.getBundle();
    switch (event.getType()) {
      case BundleEvent.INSTALLED, BundleEvent.UPDATED -> {
        List<Schema> claimed = schemas.arrive(bundle);
        look.bundlesChanged();
        if (!claimed.isEmpty()) {
          arrived(bundle, claimed);
        }
        hints.give();
      }
      case BundleEvent.UNINSTALLED -> {
        if (schemas.remove(bundle)) {
          look.bundlesChanged();
          hints.give();
        }
      }
      default -> {
        // Only what is installed says anything, whatever its state.
      }
    }
  }

  private void arrived(Bundle bundle, List<Schema> claimed) {
    boolean mine = false;
    try {
      // The worker may be handing out a generation; it is done soon, or gives up.
      mine = turn.tryLock(30, TimeUnit.SECONDS);
      if (mine) {
        look.arrived(bundle.getSymbolicName(), claimed);
      } else {
        LOG.log(WARNING, "configuration checked only after the start bundle=" + bundle);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }

  @Override
  public ConfigStatus status() {
    boolean fresh = look.fresh();
    if (!fresh) {
      hints.give();
    }
    return look.view().status(fresh, schemas, context);
  }

  @Override
  public List<Generation> log() {
    return store.all().stream().map(Stored::generation).toList();
  }

  @Override
  public List<ConfigChange> diff(long from, long to) {
    return new Differences(schemas).between(kept(from), kept(to));
  }

  @Override
  public Generation rollback(long number) {
    Stored wanted = kept(number);
    turn.lock();
    try {
      List<ConfigProblem> problems = look.rollBack(wanted, started());
      if (!problems.isEmpty()) {
        throw new IllegalStateException(
            "generation %d is not put in force: %s".formatted(number, problems.getFirst()));
      }
      LOG.log(INFO, "configuration rolled back on request to=" + number);
      return course.inForce().generation();
    } finally {
      turn.unlock();
      hints.give();
    }
  }

  @Override
  public ConfigStatus retry() {
    turn.lock();
    try {
      look.retry(started());
    } finally {
      turn.unlock();
      hints.give();
    }
    return status();
  }

  @Override
  public List<ConfigProblem> check(Path fileOrFolder) {
    // The domains' checks are asked by one at a time.
    turn.lock();
    try {
      return dryRun.check(fileOrFolder);
    } finally {
      turn.unlock();
    }
  }

  /** What Config Admin holds now. */
  View view() {
    return look.view();
  }

  Schemas schemas() {
    return schemas;
  }

  Tally tally() {
    return tally;
  }

  private Stored kept(long number) {
    return store
        .read(number)
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "generation %d is not kept; those kept: %s".formatted(number, range())));
  }

  private String range() {
    var numbers = store.numbers();
    return numbers.isEmpty() ? "none" : numbers.first() + " to " + numbers.last();
  }
}
