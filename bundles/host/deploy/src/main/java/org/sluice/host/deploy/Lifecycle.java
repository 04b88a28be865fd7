// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.sluice.host.api.Plugin;

/**
 * What happens to a file from the moment it is complete: taken in, refused, swapped, restarted,
 * dropped. Called by the worker only, and never waits.
 */
final class Lifecycle {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  /** A start that takes longer than this does not hold up the next file. */
  private static final Duration YOUNG = Duration.ofMillis(300);

  /** How often to try again what depends on things outside. */
  private static final Duration CLOCK = Duration.ofSeconds(5);

  /** How long a refusal is kept back for the sake of files that are on their way. */
  private static final Duration DEFERRAL = Duration.ofSeconds(5);

  private final BundleContext context;
  private final FrameworkWiring wiring;
  private final Parts parts;
  private final Supplier<Settings> settings;
  private final Consumer<Runnable> inbox;
  private final Collection<Slot> slots;
  private final Set<Bundle> stuck;

  /** Counts every change of what is deployed. */
  private long world;

  /** What the work is done with. */
  record Parts(
      Staging staging,
      Journal journal,
      Quarantine quarantine,
      Admission admission,
      Probe probe,
      SwapHook hook,
      Leaks leaks,
      Tally tally) {}

  Lifecycle(
      BundleContext context,
      FrameworkWiring wiring,
      Parts parts,
      Supplier<Settings> settings,
      Consumer<Runnable> inbox,
      Collection<Slot> slots,
      Set<Bundle> stuck) {
    this.context = context;
    this.wiring = wiring;
    this.parts = parts;
    this.settings = settings;
    this.inbox = inbox;
    this.slots = slots;
    this.stuck = stuck;
  }

  // ---- taking in -------------------------------------------------------------------------------

  /** Whether the next file may be begun: starts come one after the other unless one is slow. */
  boolean mayBegin() {
    return slots.stream()
        .noneMatch(s -> s.run != null && s.run.thread().age().compareTo(YOUNG) < 0);
  }

  /** Decides on a file that is complete. */
  void decide(Slot slot, DropFolder.Sighting sighting) {
    String sha = "";
    try {
      Staged staged = parts.staging().stage(sighting.path());
      sha = staged.sha();
      if (!Fingerprint.of(sighting.path()).equals(sighting.print())) {
        return;
      }
      boolean again = slot.again;
      slot.judged = sighting;
      slot.again = false;
      slot.deferred = false;
      consider(slot, staged, again);
    } catch (RefusedException e) {
      refuse(slot, sighting, sha, e.refusal());
    } catch (AccessDeniedException e) {
      refuse(slot, sighting, sha, unreadable(slot.file, e));
    } catch (IOException e) {
      refuse(
          slot,
          sighting,
          sha,
          new Refusal(
              Refusal.Kind.ENVIRONMENT,
              "copying " + slot.file + " into var/deploy: " + e,
              "see to the disk; it is tried again every " + CLOCK.toSeconds() + " s"));
    }
  }

  static Refusal unreadable(String file, IOException e) {
    return new Refusal(
        Refusal.Kind.UNREADABLE,
        file + " cannot be read by the user of this process: " + e,
        "chmod a+r plugins/" + file);
  }

  private void consider(Slot slot, Staged staged, boolean again)
      throws RefusedException, IOException {
    Revision serving = slot.serving;
    if (serving != null && serving.sha().equals(staged.sha())) {
      if (settings.get().requireSigned()) {
        new SignatureCheck(settings.get().trustedKeys()).verify(staged, slot.file);
      }
      clear(slot);
      slot.resume();
      return;
    }
    Journal.Quarantined known = parts.journal().quarantined(slot.file);
    boolean judged =
        known != null
            && known.sha().equals(staged.sha())
            && known.refusal().kind().retry() == Refusal.Retry.NEVER;
    if (known != null && judged && !again) {
      slot.refusal = known.refusal();
      slot.refusedSha = staged.sha();
      slot.enter(Plugin.State.QUARANTINED, known.refusal().text());
      return;
    }
    survivable(slot.file, staged);
    Jar jar = parts.admission().inspect(slot.file, staged, settings.get());
    slot.name = jar.name();
    Slot.Old old = new Predecessor(slots, parts, settings.get()).of(slot, jar);
    if (old != null && old.from() != slot && inherit(slot, old.from(), staged, jar)) {
      return;
    }
    Revision fresh = parts.admission().install(slot.file, staged, jar, old);
    slot.enter(Plugin.State.STARTING, "");
    begin(slot, fresh, Slot.Purpose.TAKE_IN, old);
  }

  /** A revision that took the process with it too often is not started again. */
  private void survivable(String file, Staged staged) throws RefusedException {
    long deaths = parts.journal().deaths(staged.sha());
    if (deaths >= settings.get().crashLimit()) {
      throw new RefusedException(
          Refusal.Kind.CRASHED,
          file + ": the process died " + deaths + " times while starting it",
          "drop a mended jar, or give it another chance: ./sluice host:release " + file);
    }
  }

  /** A file that was only renamed keeps what runs. */
  private boolean inherit(Slot slot, Slot from, Staged staged, Jar jar) {
    Revision serving = from.serving;
    if (serving == null || !serving.sha().equals(staged.sha())) {
      return false;
    }
    slot.serving = new Revision(slot.file, staged, jar, serving.bundle());
    slot.displaced = from.displaced;
    from.serving = null;
    from.displaced = null;
    clear(slot);
    parts.journal().forget(from.file);
    parts.journal().good(slot.serving);
    save();
    slot.enter(Plugin.State.ACTIVE, "");
    return true;
  }

  /** Starts the last good revision when the content of the file is not to be had. */
  void fallBack(Slot slot) {
    Journal.Good good = parts.journal().good(slot.file);
    if (slot.serving != null || slot.run != null || slot.fellBack || good == null) {
      return;
    }
    slot.fellBack = true;
    if (good.sha().equals(slot.refusedSha)) {
      parts.journal().forgetGood(slot.file);
      return;
    }
    try {
      Staged staged = parts.staging().kept(good.sha());
      if (staged == null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the last good revision is not kept any more file=" + slot.file);
        parts.journal().forgetGood(slot.file);
        return;
      }
      survivable(slot.file, staged);
      Jar jar = parts.admission().inspect(slot.file, staged, settings.get());
      Slot.Old old = new Predecessor(slots, parts, settings.get()).of(slot, jar);
      Revision fresh = parts.admission().install(slot.file, staged, jar, old);
      begin(slot, fresh, Slot.Purpose.FALL_BACK, old);
    } catch (RefusedException | IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the last good revision cannot be taken either file="
              + slot.file
              + ": "
              + e.getMessage());
    }
  }

  private void begin(Slot slot, Revision fresh, Slot.Purpose purpose, Slot.@Nullable Old old) {
    mark(fresh.sha(), true);
    boolean inTurn = old != null && fresh.jar().inTurn();
    GapMeter gap = old == null ? null : new GapMeter(context, old.bundle(), fresh.bundle());
    Bundle before = purpose == Slot.Purpose.RESTART ? fresh.bundle() : null;
    Attempt attempt =
        new Attempt(
            fresh,
            inTurn && old != null ? old.bundle() : before,
            parts.probe(),
            settings.get().satisfyTimeout());
    Bounded thread =
        new Bounded(
            "starter",
            settings.get().startTimeout(),
            attempt,
            () -> inbox.accept(() -> attempted(slot, attempt)));
    slot.run = new Slot.Attempting(thread, attempt, purpose, old, gap);
    thread.start();
  }

  /** A mark on the disk tells the next process what this one was starting when it died. */
  private void mark(String sha, boolean starting) {
    try {
      if (starting) {
        parts.journal().starting(sha);
      } else {
        parts.journal().started(sha);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "marking the start of a plugin sha=" + sha + ": " + e);
    }
  }

  // ---- what came of it -------------------------------------------------------------------------

  private void attempted(Slot slot, Attempt attempt) {
    mark(attempt.fresh().sha(), false);
    if (!(slot.run instanceof Slot.Attempting run) || run.attempt() != attempt) {
      // It was given up long ago, and now it comes back.
      stuck.remove(attempt.fresh().bundle());
      discard(attempt.fresh().bundle());
      return;
    }
    slot.run = null;
    Refusal refusal = attempt.refusal();
    if (run.thread().interruptedForTime()) {
      refusal = late(slot.file, run, "");
    } else if (refusal == null && slot.pendingCrash != null && run.old() != null) {
      refusal =
          new Refusal(
              Refusal.Kind.START_FAILED,
              slot.file + " crashed while it was being probed: " + slot.pendingCrash,
              "mend the plugin and drop it again");
      slot.pendingCrash = null;
    }
    if (refusal == null) {
      accepted(slot, run);
    } else {
      failed(slot, run, refusal, false);
    }
  }

  private Refusal late(String file, Slot.Attempting run, String more) {
    String text =
        "%s did not come up within %d s: it was %s, in %s%s"
            .formatted(
                file,
                settings.get().startTimeout().toSeconds(),
                run.attempt().step(),
                run.thread().where(),
                more);
    return new Refusal(
        Refusal.Kind.BLOCKED,
        text,
        "do lasting work on a thread of the plugin's own, or raise startTimeout");
  }

  private void accepted(Slot slot, Slot.Attempting run) {
    Revision fresh = run.attempt().fresh();
    slot.serving = fresh;
    parts.journal().good(fresh);
    world++;
    if (run.purpose() == Slot.Purpose.TAKE_IN) {
      clear(slot);
    }
    if (slot.refusal == null) {
      slot.enter(Plugin.State.ACTIVE, "");
    }
    save();
    parts.tally().accepted.increment();
    Slot.Old old = run.old();
    if (old == null) {
      LOG.log(
          System.Logger.Level.INFO,
          "plugin active file=%s bundle=%s version=%s sha=%.12s"
              .formatted(slot.file, fresh.jar().name(), fresh.jar().version(), fresh.sha()));
      return;
    }
    replace(slot, fresh, old, run.gap());
  }

  private void replace(Slot slot, Revision fresh, Slot.Old old, @Nullable GapMeter gap) {
    if (old.from() != slot) {
      slot.displaced = old.from().displaced;
      old.from().serving = null;
      old.from().displaced = null;
    }
    Runnable swapped =
        () -> {
          slot.gapMillis = gap == null ? 0 : gap.close();
          slot.swaps++;
          parts.tally().swapped(slot.gapMillis);
          LOG.log(
              System.Logger.Level.INFO,
              "plugin swapped file=%s bundle=%s version=%s sha=%.12s gap_ms=%.3f"
                  .formatted(
                      slot.file,
                      fresh.jar().name(),
                      fresh.jar().version(),
                      fresh.sha(),
                      slot.gapMillis));
        };
    if (old.product()) {
      slot.displaced = old.bundle();
    }
    retire(slot, old.bundle(), old.product(), swapped);
  }

  private void failed(Slot slot, Slot.Attempting run, Refusal refusal, boolean hangs) {
    GapMeter gap = run.gap();
    if (gap != null) {
      gap.close();
    }
    Revision fresh = run.attempt().fresh();
    if (run.purpose() == Slot.Purpose.RESTART && !hangs) {
      crashed(slot, refusal.reason());
      return;
    }
    if (run.purpose() == Slot.Purpose.FALL_BACK) {
      parts.journal().forgetGood(slot.file);
      LOG.log(
          System.Logger.Level.WARNING,
          "the last good revision does not start any more file="
              + slot.file
              + ": "
              + refusal.text());
    } else {
      if (run.purpose() == Slot.Purpose.RESTART) {
        slot.serving = null;
        parts.journal().forgetGood(slot.file);
      }
      refuse(slot, slot.judged, fresh.sha(), refusal);
    }
    Slot.Old old = run.old();
    Runnable restore =
        () -> {
          if (old != null && fresh.jar().inTurn()) {
            restore(slot, old);
          }
        };
    if (hangs) {
      restore.run();
    } else {
      retire(slot, fresh.bundle(), false, restore);
    }
  }

  /** After an in-turn swap that failed: the old revision has to be started again. */
  private void restore(Slot slot, Slot.Old old) {
    Revision serving = old.from().serving;
    if (serving != null) {
      begin(old.from(), serving, Slot.Purpose.RESTART, null);
    } else if (old.product()) {
      startProduct(old.bundle());
    } else {
      LOG.log(System.Logger.Level.WARNING, "nothing to go back to file=" + slot.file);
    }
  }

  private void startProduct(Bundle bundle) {
    new Bounded(
            "starter",
            settings.get().startTimeout(),
            () -> {
              try {
                bundle.start(Bundle.START_TRANSIENT);
              } catch (BundleException | IllegalStateException e) {
                LOG.log(
                    System.Logger.Level.ERROR,
                    "starting " + bundle + " of the product again: " + Failure.summary(e));
              }
            },
            () -> {})
        .start();
  }

  // ---- refusing --------------------------------------------------------------------------------

  /** Says no to the content of a file. Whatever serves goes on, unless it is that very content. */
  void refuse(Slot slot, DropFolder.@Nullable Sighting sighting, String sha, Refusal refusal) {
    if (refusal.kind() == Refusal.Kind.DAMAGED && sighting != null && fresh(slot, sighting)) {
      // Somebody writes over the file without shortening it first: to be seen again when it rests.
      slot.torn = sighting;
      slot.judged = null;
      slot.enter(Plugin.State.ARRIVING, refusal.reason());
      return;
    }
    slot.judged = sighting;
    slot.again = false;
    slot.refusal = refusal;
    slot.refusedSha = sha;
    slot.refusedAt = world;
    slot.refusedNanos = System.nanoTime();
    slot.fellBack = false;
    Revision serving = slot.serving;
    if (serving != null && serving.sha().equals(sha)) {
      withdraw(slot, serving);
    }
    Refusal.Retry retry = refusal.kind().retry();
    slot.deferred =
        (retry == Refusal.Retry.PLUGINS || retry == Refusal.Retry.SERVICES) && othersArrive(slot);
    if (slot.deferred) {
      slot.enter(Plugin.State.STARTING, refusal.reason());
    } else {
      quarantine(slot, refusal);
    }
  }

  private boolean fresh(Slot slot, DropFolder.Sighting sighting) {
    return slot.arrival.quiet(sighting).compareTo(settings.get().stallTimeout()) < 0;
  }

  /** Whether another file is on its way that may bring what this one lacks. */
  private boolean othersArrive(Slot slot) {
    return slots.stream()
        .anyMatch(
            s ->
                s != slot
                    && !s.deferred
                    && s.sighting != null
                    && (s.run != null || !s.sighting.equals(s.judged)));
  }

  /** Looks after a refusal that was kept back. */
  void tendDeferred(Slot slot) {
    Refusal refusal = slot.refusal;
    if (refusal == null || !slot.deferred) {
      return;
    }
    boolean patient = System.nanoTime() - slot.refusedNanos < DEFERRAL.toNanos();
    if (slot.refusedAt != world) {
      slot.again = true;
    } else if (!othersArrive(slot) || !patient) {
      slot.deferred = false;
      quarantine(slot, refusal);
    }
  }

  private void quarantine(Slot slot, Refusal refusal) {
    slot.enter(Plugin.State.QUARANTINED, refusal.text());
    Journal.Quarantined known = parts.journal().quarantined(slot.file);
    if (known != null && known.sha().equals(slot.refusedSha) && known.refusal().equals(refusal)) {
      return;
    }
    var entry = new Journal.Quarantined(slot.file, slot.refusedSha, refusal, Instant.now());
    parts.journal().quarantine(entry);
    save();
    DropFolder.Sighting sighting = slot.sighting;
    Path bytes = sighting == null || !sighting.obstacle().isEmpty() ? null : sighting.path();
    String serving = slot.serving == null ? "" : slot.serving.toString();
    parts.quarantine().put(entry, bytes, serving);
    parts.tally().quarantined.increment();
    LOG.log(
        System.Logger.Level.WARNING,
        "plugin quarantined file=%s kind=%s serving=%s: %s"
            .formatted(
                slot.file,
                refusal.kind(),
                serving.isEmpty() ? "nothing" : serving,
                refusal.text()));
  }

  private void clear(Slot slot) {
    slot.refusal = null;
    slot.refusedSha = "";
    slot.deferred = false;
    slot.torn = null;
    parts.journal().release(slot.file);
    parts.quarantine().remove(slot.file);
    save();
  }

  /** Whether what a file was refused for may have changed. */
  boolean retryDue(Slot slot) {
    Refusal refusal = slot.refusal;
    if (refusal == null || slot.deferred) {
      return false;
    }
    return switch (refusal.kind().retry()) {
      case NEVER, SETTINGS -> false;
      case PLUGINS, SERVICES -> slot.refusedAt != world;
      case TIME -> System.nanoTime() - slot.refusedNanos > CLOCK.toNanos();
    };
  }

  /** A service came that somebody may wait for. */
  void serviceCame(Set<String> interfaces) {
    for (Slot slot : slots) {
      Refusal refusal = slot.refusal;
      if (refusal != null
          && refusal.kind().retry() == Refusal.Retry.SERVICES
          && refusal.awaits().stream().anyMatch(interfaces::contains)) {
        slot.again = true;
      }
    }
  }

  /** The configuration changed: everything is to be judged by the new one. */
  void settingsChanged() {
    for (Slot slot : slots) {
      slot.again |= slot.judged != null && slot.run == null;
      Revision serving = slot.serving;
      boolean other = serving != null && !slot.refusedSha.isEmpty();
      if (serving != null && other && settings.get().requireSigned() && slot.run == null) {
        try {
          new SignatureCheck(settings.get().trustedKeys()).verify(serving.staged(), slot.file);
        } catch (RefusedException | IOException e) {
          LOG.log(
              System.Logger.Level.WARNING,
              "the serving revision is withdrawn file=" + slot.file + ": " + e.getMessage());
          withdraw(slot, serving);
        }
      }
    }
  }

  /** Gives a refused file another chance. */
  void release(Slot slot) {
    slot.crashes.clear();
    slot.fellBack = false;
    slot.again = true;
    parts.journal().release(slot.file);
    parts.quarantine().remove(slot.file);
    slot.enter(Plugin.State.STARTING, "");
    save();
  }

  // ---- dropping --------------------------------------------------------------------------------

  /** The file is gone for good. */
  void gone(Slot slot, Runnable removed) {
    boolean inherited =
        slots.stream()
            .anyMatch(
                s ->
                    s.run instanceof Slot.Attempting a
                        && a.old() != null
                        && a.old().from() == slot);
    if (inherited) {
      return;
    }
    parts.journal().forget(slot.file);
    parts.quarantine().remove(slot.file);
    save();
    Revision serving = slot.serving;
    if (serving == null) {
      removed.run();
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "plugin removed file=" + slot.file + " bundle=" + serving.jar().name());
    world++;
    withdraw(slot, serving);
    if (slot.run instanceof Slot.Retiring r) {
      slot.run = new Slot.Retiring(r.thread(), r.retirement(), chain(r.then(), removed));
    }
  }

  private static Runnable chain(Runnable first, Runnable second) {
    return () -> {
      first.run();
      second.run();
    };
  }

  /** Nothing serves any more in this slot; a bundle of the product takes its place again. */
  private void withdraw(Slot slot, Revision serving) {
    slot.serving = null;
    parts.journal().forgetGood(slot.file);
    world++;
    Bundle product = slot.displaced;
    slot.displaced = null;
    retire(
        slot,
        serving.bundle(),
        false,
        () -> {
          if (product != null) {
            startProduct(product);
          }
        });
  }

  private void retire(Slot slot, Bundle bundle, boolean keep, Runnable then) {
    if (!keep) {
      parts.leaks().watch(bundle);
    }
    Retirement retirement = new Retirement(bundle, wiring, Set.copyOf(stuck), keep);
    Bounded thread =
        new Bounded(
            "retirer",
            settings.get().stopTimeout(),
            retirement,
            () -> inbox.accept(() -> retired(slot, retirement)));
    slot.run = new Slot.Retiring(thread, retirement, then);
    thread.start();
  }

  /** Drops a bundle that belongs to no slot. */
  void discard(Bundle bundle) {
    parts.leaks().watch(bundle);
    new Bounded(
            "retirer",
            settings.get().stopTimeout(),
            new Retirement(bundle, wiring, Set.copyOf(stuck), false),
            () -> inbox.accept(() -> parts.hook().forget(bundle)))
        .start();
  }

  private void retired(Slot slot, Retirement retirement) {
    parts.hook().forget(retirement.bundle());
    stuck.remove(retirement.bundle());
    if (slot.run instanceof Slot.Retiring run && run.retirement() == retirement) {
      slot.run = null;
      run.then().run();
      restartDependents(retirement);
      sweep();
    }
  }

  private void restartDependents(Retirement retirement) {
    for (Bundle dependent : retirement.dependents()) {
      boolean plugin = false;
      for (Slot slot : slots) {
        if (slot.serving != null && slot.serving.bundle().equals(dependent)) {
          slot.restart = true;
          plugin = true;
        }
      }
      if (!plugin && !parts.admission().ours(dependent)) {
        startProduct(dependent);
      }
    }
  }

  private void sweep() {
    Set<String> used = new HashSet<>();
    parts.journal().addUsed(used);
    String prefix = parts.staging().prefix();
    for (Bundle bundle : context.getBundles()) {
      if (parts.admission().ours(bundle)) {
        String name = bundle.getLocation().substring(prefix.length());
        used.add(name.substring(0, name.lastIndexOf('.')));
      }
    }
    try {
      parts.staging().sweep(used);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "removing copies that are not used any more: " + e);
    }
  }

  private void save() {
    try {
      parts.journal().write();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "writing the journal of plugins, which the next start will need: " + e);
    }
  }

  // ---- watching over it ------------------------------------------------------------------------

  /** Looks after what a slot is busy with. */
  void tend(Slot slot) {
    Slot.Run run = slot.run;
    if (run == null || !run.thread().overdue()) {
      return;
    }
    slot.run = null;
    switch (run) {
      case Slot.Attempting a -> {
        mark(a.attempt().fresh().sha(), false);
        stuck.add(a.attempt().fresh().bundle());
        failed(slot, a, late(slot.file, a, "; it ignores being interrupted"), true);
      }
      case Slot.Retiring r -> {
        stuck.add(r.retirement().bundle());
        LOG.log(
            System.Logger.Level.WARNING,
            "a revision does not stop and is given up file=%s bundle=%s in=%s"
                .formatted(slot.file, r.retirement().bundle(), r.thread().where()));
        r.then().run();
      }
    }
  }

  /** Starts what was stopped only because of what it was wired to. */
  void restart(Slot slot) {
    slot.restart = false;
    Revision serving = slot.serving;
    if (serving != null) {
      begin(slot, serving, Slot.Purpose.RESTART, null);
    }
  }

  /** The code of a plugin failed while it was serving. */
  void crashed(Slot slot, String what) {
    Revision serving = slot.serving;
    if (serving == null) {
      return;
    }
    parts.tally().crashes.increment();
    Settings now = settings.get();
    long nanos = System.nanoTime();
    slot.crashes.addLast(nanos);
    slot.crashes.removeIf(t -> nanos - t > now.crashWindow().toNanos());
    LOG.log(
        System.Logger.Level.WARNING,
        "plugin crashed file=%s bundle=%s crash=%d limit=%d: %s"
            .formatted(
                slot.file, serving.jar().name(), slot.crashes.size(), now.crashLimit(), what));
    if (slot.crashes.size() < now.crashLimit()) {
      begin(slot, serving, Slot.Purpose.RESTART, null);
      return;
    }
    refuse(
        slot,
        slot.judged,
        serving.sha(),
        new Refusal(
            Refusal.Kind.CRASHED,
            "%s crashed %d times within %d s, last: %s"
                .formatted(slot.file, slot.crashes.size(), now.crashWindow().toSeconds(), what),
            "mend it, or give it another chance: ./sluice host:release " + slot.file));
  }

  /** Lets go of everything that still runs; called when the worker has ended. */
  void close() throws InterruptedException {
    for (Slot slot : slots) {
      if (slot.run instanceof Slot.Attempting run) {
        if (run.thread().exiting()) {
          LOG.log(
              System.Logger.Level.ERROR,
              "the start of a plugin ends the process file=" + slot.file);
        } else {
          run.thread().interrupt();
          mark(run.attempt().fresh().sha(), false);
        }
      }
    }
  }
}
