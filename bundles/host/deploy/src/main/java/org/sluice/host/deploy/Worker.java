// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.Spelling;

/**
 * The one thread that looks at the drop-in folder and decides. It never runs code of a plugin and
 * never waits for one: what does that reports back through {@link #post}.
 */
final class Worker implements Runnable {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  /** How often to look without a hint, for what no event tells. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  /** While somebody writes, and when nobody has for a while. */
  private static final Duration SOON = Duration.ofMillis(5);

  private static final Duration LATER = Duration.ofMillis(100);
  private static final Duration LULL = Duration.ofSeconds(1);

  /** Editors remove a file before they put the new one in its place. */
  private static final Duration LINGER = Duration.ofMillis(300);

  private final BlockingQueue<Runnable> inbox;
  private final Map<String, Slot> slots;
  private final DropFolder folder;
  private final Intake intake;
  private final Lifecycle lifecycle;
  private final Verdicts verdicts;
  private final Dismissal dismissal;
  private final Gate gate;
  private final Supplier<Settings> settings;
  private final Thread thread;
  private volatile List<PluginView> views = List.of();
  private volatile String trouble = "";
  private volatile boolean stopping;

  /** Whether everything that was in the folder at first was decided on. */
  private boolean settled;

  /** Whether plugins may be taken in; asked before each look. */
  interface Gate {
    /** Whether the framework has come far enough to start plugins, and is not on its way down. */
    boolean open();

    /** Why nothing new is taken in; empty when it is. */
    String held();

    /** Whether not even what was good before is started. */
    boolean safeMode();

    /** Why the content of a file cannot be trusted; empty when it can. */
    String distrust(Path file);
  }

  Worker(
      BlockingQueue<Runnable> inbox,
      Map<String, Slot> slots,
      DropFolder folder,
      Intake intake,
      Lifecycle lifecycle,
      Verdicts verdicts,
      Dismissal dismissal,
      Gate gate,
      Supplier<Settings> settings) {
    this.inbox = inbox;
    this.slots = slots;
    this.folder = folder;
    this.intake = intake;
    this.lifecycle = lifecycle;
    this.verdicts = verdicts;
    this.dismissal = dismissal;
    this.gate = gate;
    this.settings = settings;
    thread = Thread.ofPlatform().daemon().name("host.deploy/worker").unstarted(this);
  }

  static BlockingQueue<Runnable> inbox() {
    return new LinkedBlockingQueue<>();
  }

  void start() {
    thread.start();
  }

  /**
   * The framework is being stopped. It stops plugins before this, and would wait for one that is
   * still being started. To be called on the worker.
   */
  void end() {
    stopping = true;
    lifecycle.close();
  }

  void close() throws InterruptedException {
    stopping = true;
    thread.interrupt();
    thread.join();
    lifecycle.close();
  }

  /** Has something done on the worker's thread, between two looks. */
  void post(Runnable work) {
    inbox.add(work);
  }

  List<PluginView> views() {
    return views;
  }

  /** Why the folder cannot be looked at; empty when it can. */
  String trouble() {
    return trouble;
  }

  @Override
  public void run() {
    while (!stopping) {
      Duration rest = IDLE;
      try {
        rest = turn();
      } catch (RuntimeException e) {
        // Nothing a plugin does may end this thread; the next look starts from the folder again.
        LOG.log(System.Logger.Level.ERROR, "looking after the plugins failed", e);
      }
      try {
        Runnable work = inbox.poll(rest.toNanos(), TimeUnit.NANOSECONDS);
        while (work != null && !stopping) {
          work.run();
          work = inbox.poll();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "looking after the plugins failed", e);
      }
    }
  }

  private Duration turn() {
    if (!gate.open()) {
      return IDLE;
    }
    boolean looked = look();
    String held = gate.held();
    Duration rest = IDLE;
    for (Slot slot : List.copyOf(slots.values())) {
      Duration need = looked || slot.run != null ? stepSafely(slot, held) : IDLE;
      rest = need.compareTo(rest) < 0 ? need : rest;
    }
    for (Slot slot : slots.values()) {
      if (slot.deferred) {
        verdicts.tendDeferred(slot);
        rest = SOON;
      }
    }
    if (!settled && looked && slots.values().stream().allMatch(s -> s.run == null)) {
      settled = rest.compareTo(IDLE) == 0;
      if (settled) {
        lifecycle.dropOrphans();
      }
    }
    publish();
    return rest;
  }

  /** Lets others see how things are now. To be called on the worker. */
  void publish() {
    views = slots.values().stream().map(PluginView::of).toList();
  }

  /** Brings the slots up to date with the folder; keeps them when it cannot be read. */
  private boolean look() {
    try {
      var found = folder.look();
      found.forEach((file, sighting) -> slots.computeIfAbsent(file, Slot::new).see(sighting));
      for (Slot slot : slots.values()) {
        if (!found.containsKey(slot.file) && slot.sighting != null) {
          slot.sighting = null;
          slot.missingSince = System.nanoTime();
        }
      }
      trouble = "";
      return true;
    } catch (IOException e) {
      // A folder that is gone says nothing about what was in it: what runs goes on.
      String now = "reading " + folder.path() + ": " + e;
      if (!now.equals(trouble)) {
        LOG.log(System.Logger.Level.ERROR, now);
      }
      trouble = now;
      return false;
    }
  }

  /** A file that was refused because of another one's name is worth a look when that one goes. */
  private void wakeHeirs(Slot gone) {
    for (Slot slot : slots.values()) {
      Refusal refusal = slot.refusal;
      slot.again |=
          refusal != null
              && refusal.kind() == Refusal.Kind.NAME_TAKEN
              && refusal.awaits().contains(gone.file);
    }
  }

  /** What goes wrong with one file must not keep the others waiting. */
  private Duration stepSafely(Slot slot, String held) {
    try {
      return step(slot, held);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "looking after a plugin failed file=" + slot.file, e);
      verdicts.refuse(
          slot,
          slot.sighting,
          "",
          new Refusal(
              Refusal.Kind.ENVIRONMENT,
              slot.file + " could not be dealt with: " + Failure.summary(e),
              "see the log; it is tried again"));
      return SOON;
    }
  }

  /** Brings one slot forward as far as it goes; says when it has to be looked at again. */
  private Duration step(Slot slot, String held) {
    Slot.Run run = slot.run;
    if (run != null) {
      lifecycle.tend(slot);
      return slot.run == null ? SOON : least(run.thread().rest());
    }
    String crash = slot.pendingCrash;
    if (crash != null) {
      slot.pendingCrash = null;
      lifecycle.crashed(slot, crash);
      return SOON;
    }
    if (slot.restart) {
      lifecycle.restart(slot);
      return SOON;
    }
    DropFolder.Sighting sighting = slot.sighting;
    if (sighting == null) {
      return missing(slot, held);
    }
    Duration rest = slot.failing != 0 && lifecycle.failing(slot) ? LATER : IDLE;
    if (slot.run != null) {
      return SOON;
    }
    boolean mayBegin = intake.mayBegin(settled);
    boolean same = sighting.equals(slot.judged);
    if (same && !slot.again && !verdicts.retryDue(slot)) {
      boolean refused = slot.refusal != null && !slot.deferred;
      return refused && intake.fallBack(slot, mayBegin) ? SOON : rest;
    }
    if (!held.isEmpty()) {
      slot.enter(Plugin.State.HELD, held);
      return !gate.safeMode() && intake.fallBack(slot, mayBegin) ? SOON : IDLE;
    }
    if (!mayBegin) {
      return SOON;
    }
    return arrive(slot, sighting);
  }

  private static Duration least(Duration rest) {
    return rest.compareTo(SOON) < 0 ? SOON : rest;
  }

  private Duration missing(Slot slot, String held) {
    if (!held.isEmpty()) {
      return IDLE;
    }
    if (slots.values().stream().anyMatch(s -> s.replaces(slot))) {
      return SOON;
    }
    wakeHeirs(slot);
    if (slots.values().stream().anyMatch(Slot::undecided)) {
      // It may be about to take over from this one, which serves until then.
      return SOON;
    }
    Duration rest = LINGER.minusNanos(System.nanoTime() - slot.missingSince);
    if (rest.isNegative() || rest.isZero()) {
      dismissal.gone(slot, () -> slots.remove(slot.file, slot));
      return SOON;
    }
    return rest;
  }

  private Duration arrive(Slot slot, DropFolder.Sighting sighting) {
    if (!sighting.obstacle().isEmpty()) {
      verdicts.refuse(
          slot,
          sighting,
          "",
          new Refusal(
              Refusal.Kind.UNREADABLE,
              slot.file + " " + sighting.obstacle(),
              "put a jar in its place, or remove it from plugins/"));
      return SOON;
    }
    try {
      Arrival.Stage stage = slot.arrival.look(sighting, settings.get());
      Duration quiet = slot.arrival.quiet(sighting);
      boolean torn =
          sighting.equals(slot.torn) && quiet.compareTo(settings.get().stallTimeout()) < 0;
      if (stage == Arrival.Stage.ARRIVING || torn) {
        slot.enter(Plugin.State.ARRIVING, slot.arrival.missing());
        boolean _ = intake.fallBack(slot, true);
        return quiet.compareTo(LULL) < 0 ? SOON : LATER;
      }
      if (stage == Arrival.Stage.STALLED) {
        verdicts.refuse(slot, sighting, "", truncated(slot));
      } else {
        trusted(slot, sighting);
      }
    } catch (AccessDeniedException e) {
      verdicts.refuse(slot, sighting, "", Intake.unreadable(slot.file, e));
    } catch (IOException e) {
      verdicts.refuse(
          slot,
          sighting,
          "",
          new Refusal(
              Refusal.Kind.UNREADABLE, slot.file + " cannot be read: " + e, "copy it again"));
    }
    return SOON;
  }

  private void trusted(Slot slot, DropFolder.Sighting sighting) {
    String problem = gate.distrust(sighting.path());
    if (problem.isEmpty()) {
      intake.decide(slot, sighting);
    } else {
      int mend = problem.lastIndexOf(": ");
      verdicts.refuse(
          slot,
          sighting,
          "",
          new Refusal(
              Refusal.Kind.UNTRUSTED,
              slot.file + " cannot be trusted: " + problem,
              mend < 0 ? "" : problem.substring(mend + 2)));
    }
  }

  private Refusal truncated(Slot slot) {
    return new Refusal(
        Refusal.Kind.TRUNCATED,
        "%s is not a complete jar: %s, and nobody has written to it for %d s"
            .formatted(
                slot.file, slot.arrival.missing(), settings.get().stallTimeout().toSeconds()),
        "copy it again");
  }

  /** The slot of a file, or of the plugin of this symbolic name. To be called on the worker. */
  Slot named(String name) {
    Collection<Slot> all = slots.values();
    return all.stream()
        .filter(s -> s.file.equals(name) || s.file.equals(name + ".jar"))
        .findFirst()
        .or(() -> all.stream().filter(s -> s.name.equals(name) && s.refusal != null).findFirst())
        .or(() -> all.stream().filter(s -> s.name.equals(name)).findFirst())
        .orElseThrow(
            () -> {
              List<String> names = new ArrayList<>(slots.keySet());
              all.forEach(s -> names.add(s.name));
              return new NoSuchElementException(
                  "no plugin is called " + name + Spelling.question(name, names));
            });
  }

  /** Some component, no matter whose, changed its state. To be called on the worker. */
  void componentsChanged() {
    slots.values().forEach(lifecycle::failing);
  }

  /** A thread of this bundle died. To be called on the worker. */
  void crashed(Bundle bundle, String what) {
    for (Slot slot : slots.values()) {
      boolean serves = slot.serving != null && slot.serving.bundle().equals(bundle);
      boolean starts =
          slot.run instanceof Slot.Attempting run && run.attempt().fresh().bundle().equals(bundle);
      if (starts || (serves && slot.run != null)) {
        slot.pendingCrash = what;
      } else if (serves) {
        lifecycle.crashed(slot, what);
      }
    }
  }
}
