// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happenings;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;

/** Runs the hooks. What runs and waits goes on when the configuration changes. */
@Component(service = Hooks.class, immediate = true, configurationPid = Hooks.PID)
@Designate(ocd = HooksConfig.class)
public final class Hooks {
  static final String PID = "org.sluice.link.hooks";

  private static final System.Logger LOG = System.getLogger("org.sluice.link.hooks");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.link.hooks.audit");
  private static final long PATIENCE_MILLIS = 5000;
  private static final int LOGGED_OUTPUT = 300;

  private final LinkTable table;
  private final Path home;
  private final Account own;
  private final Inventory inventory = new Inventory();
  private final Runner runner = new Runner();
  private final Journal journal;
  private final Dispatcher dispatcher;
  private final Occasions occasions;
  private final List<HookRule> rules = new CopyOnWriteArrayList<>();
  private final List<Thread> workers = new ArrayList<>();
  private final Happenings happenings;
  private volatile Settings settings;
  private @Nullable LinkSubscription subscription;

  @Activate
  public Hooks(
      @Reference Happenings happenings,
      @Reference LinkTable table,
      HooksConfig config,
      BundleContext context)
      throws IOException {
    this.happenings = happenings;
    this.table = table;
    home = Path.of(context.getProperty("sluice.home"));
    own = Accounts.own();
    settings = Settings.of(config, home);
    journal = new Journal(settings.keep());
    dispatcher = new Dispatcher(settings.rate(), settings.parallel(), System::nanoTime);
    occasions = new Occasions(link -> Circumstances.usable(link, table.snapshot()));
  }

  /** Not before the rules are there: the first hook is to run as they say. */
  @Activate
  void start() {
    runner.start();
    hire(settings.parallel());
    subscription = happenings.subscribe("hooks", this::happened);
  }

  @Modified
  void modified(HooksConfig config) {
    Settings changed = Settings.of(config, home);
    settings = changed;
    journal.keep(changed.keep());
    dispatcher.limits(changed.rate(), changed.parallel());
    hire(changed.parallel());
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    if (subscription != null) {
      subscription.close();
    }
    dispatcher.close();
    runner.stop();
    for (Thread worker : workers) {
      worker.join(PATIENCE_MILLIS);
      if (worker.isAlive()) {
        LOG.log(WARNING, "a worker of the hooks does not end name=" + worker.getName());
      }
    }
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addRule(HookRule added) {
    rules.add(added);
  }

  void removeRule(HookRule removed) {
    rules.remove(removed);
  }

  /** By name: the first one that fits counts. */
  private List<Rule> rules() {
    return rules.stream().map(HookRule::rule).sorted(Comparator.comparing(Rule::name)).toList();
  }

  /** There are never fewer workers than may be busy; those too many wait. */
  private void hire(int count) {
    while (workers.size() < count) {
      Thread worker = new Thread(this::work, "link.hooks/worker-" + (workers.size() + 1));
      workers.add(worker);
      worker.start();
    }
  }

  /** Called on the thread of the subscription: it only sorts and queues. */
  private void happened(Happening happening) {
    Settings now = settings;
    for (Occasion occasion : occasions.of(happening)) {
      if ((now.initial() || !occasion.initial())
          && !inventory.files(now.trees(), occasion).isEmpty()) {
        dispatcher.offer(occasion);
      }
    }
  }

  private void work() {
    while (true) {
      try {
        Dispatcher.Turn turn = dispatcher.take();
        if (turn == null) {
          return;
        }
        try {
          serve(turn.occasion());
        } finally {
          dispatcher.done(turn);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(ERROR, "hooks could not be run", e);
      }
    }
  }

  private void serve(Occasion occasion) throws InterruptedException {
    Settings now = settings;
    LinkSnapshot picture = table.snapshot();
    Circumstances circumstances = Circumstances.of(occasion, picture);
    String json = Message.of(occasion, circumstances).json();
    for (HookFile hook : inventory.files(now.trees(), occasion)) {
      if (dispatcher.closed()) {
        return;
      }
      if (!occasion.only().isEmpty() && !occasion.only().equals(hook.name())) {
        continue;
      }
      Plan plan = Plan.of(hook, now, rules(), own);
      if (plan.standing().notMeant() || !plan.rule().filter().matches(occasion, circumstances)) {
        continue;
      }
      int rate = plan.rule().rate();
      if (rate > 0
          && occasion.only().isEmpty()
          && !dispatcher.admit(occasion.only(hook.name()), rate)) {
        continue;
      }
      Run run = run(plan, occasion, circumstances, json);
      journal.add(run);
      log(run);
    }
  }

  private Run run(Plan plan, Occasion occasion, Circumstances circumstances, String json)
      throws InterruptedException {
    Style style = plan.hook().tree().style();
    SortedMap<String, String> environment =
        Variables.of(style, occasion, circumstances, plan.terms().account(), json);
    Runner.Ending ending =
        runner.run(plan.standing(), arguments(style, occasion), environment, json, plan.terms());
    double delay =
        occasion.is(Occasion.Aspect.TEST)
            ? 0
            : Math.max(0, Duration.between(occasion.time(), ending.begun()).toNanos() / 1e6);
    return new Run(
        journal.nextId(),
        ending.begun(),
        occasion.number(),
        occasion.event(),
        occasion.link().name(),
        plan.hook().name(),
        plan.terms().account().name(),
        ending.outcome(),
        ending.exit(),
        Math.round(ending.millis() * 10) / 10.0,
        Math.round(delay * 10) / 10.0,
        occasion.suppressed(),
        ending.reason(),
        ending.output());
  }

  private static List<String> arguments(Style style, Occasion occasion) {
    return style == Style.NETWORKMANAGER
        ? List.of(occasion.link().name(), DispatcherAction.of(occasion))
        : List.of();
  }

  private static void log(Run run) {
    String first = run.output().lines().findFirst().orElse("");
    String text =
        "hook %s event=%s link=%s number=%d hook=%s exit=%d ms=%s user=%s%s%s"
            .formatted(
                switch (run.outcome()) {
                  case OK -> "done";
                  case FAILED -> "failed";
                  case TIMEOUT -> "timed out";
                  case STOPPED -> "stopped";
                  case REFUSED -> "refused";
                },
                run.event(),
                run.link(),
                run.number(),
                run.hook(),
                run.exit(),
                run.millis(),
                run.user(),
                run.reason().isEmpty() ? "" : " reason=" + run.reason(),
                first.isEmpty()
                    ? ""
                    : " output=" + first.substring(0, Math.min(first.length(), LOGGED_OUTPUT)));
    // What went well and said nothing is in the audit, which is a part of the log as well.
    LOG.log(run.bad() ? WARNING : first.isEmpty() ? DEBUG : INFO, text);
    AUDIT.log(
        INFO,
        "hook-run actor=hooks subject=\"{0}\" outcome={1} what={2} link=\"{3}\" event={4}"
            + " exit={5} user={6}",
        quoted(run.hook()),
        run.outcome().name().toLowerCase(Locale.ROOT),
        run.event(),
        quoted(run.link()),
        Long.toString(run.number()),
        Integer.toString(run.exit()),
        run.user());
  }

  private static String quoted(String text) {
    return text.replace("\"", "\\\"");
  }

  /** How every file that is named like a hook would be run. */
  List<Plan> plans() {
    Settings now = settings;
    List<Plan> all = new ArrayList<>();
    for (Tree tree : now.trees()) {
      for (HookFile hook : inventory.all(tree)) {
        all.add(Plan.of(hook, now, rules(), own));
      }
    }
    return all;
  }

  /** What a hook would be told if an event came now. */
  record Trial(Plan plan, Occasion occasion, Circumstances circumstances, String json) {}

  /**
   * Prepares a trial of one hook, or of all hooks of an event.
   *
   * @throws java.util.NoSuchElementException when there is no such hook or link
   */
  List<Trial> trials(String hookOrEvent, String linkName) {
    LinkSnapshot picture = table.snapshot();
    var link = TestLink.find(linkName, picture);
    List<Trial> all = new ArrayList<>();
    for (Plan plan : plans()) {
      Path path = plan.hook().path();
      boolean wanted =
          plan.hook().name().equals(hookOrEvent)
              || path.equals(home.resolve(hookOrEvent).toAbsolutePath().normalize())
              || event(plan).equals(hookOrEvent);
      if (wanted) {
        String event = event(plan).isEmpty() ? OperationalState.ROUTABLE : event(plan);
        Occasion occasion =
            new Occasion(
                event,
                "test",
                picture.number(),
                Instant.now(),
                "test",
                false,
                link,
                "",
                "",
                "",
                Set.of(Occasion.Aspect.TEST),
                0,
                "");
        Circumstances now = Circumstances.of(occasion, picture);
        all.add(new Trial(plan, occasion, now, Message.of(occasion, now).json()));
      }
    }
    if (all.isEmpty()) {
      throw new java.util.NoSuchElementException(
          "there is no hook and no event with hooks called "
              + hookOrEvent
              + "; hooks:list shows those there are");
    }
    return all;
  }

  /** The event whose folder a hook lies in; empty when it hears of all. */
  static String event(Plan plan) {
    Path folder = plan.hook().path().getParent();
    if (!plan.hook().tree().inEventFolders() || folder == null) {
      return "";
    }
    String name = String.valueOf(folder.getFileName());
    return name.endsWith(".d") ? name.substring(0, name.length() - 2) : name;
  }

  SortedMap<String, String> environment(Trial trial) {
    return Variables.of(
        trial.plan().hook().tree().style(),
        trial.occasion(),
        trial.circumstances(),
        trial.plan().terms().account(),
        trial.json());
  }

  /** What the filter of the hook would make of the event. */
  static String verdict(Trial trial) {
    return trial.plan().rule().filter().verdict(trial.occasion(), trial.circumstances()).words();
  }

  Run test(Trial trial) throws InterruptedException {
    Run run = run(trial.plan(), trial.occasion(), trial.circumstances(), trial.json());
    journal.add(run);
    return run;
  }

  Journal journal() {
    return journal;
  }

  Dispatcher.Figures figures() {
    return dispatcher.figures();
  }

  /** Names of the hooks that are there. */
  Set<String> names() {
    Set<String> names = new HashSet<>();
    settings.trees().forEach(tree -> inventory.all(tree).forEach(hook -> names.add(hook.name())));
    return names;
  }
}
