// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.sluice.host.api.Plugin;

/**
 * What happens to a revision: started, swapped, restarted, given up. Called by the worker only, and
 * never waits.
 */
final class Lifecycle {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.deploy.audit");

  /** How long a component may be in failure before it counts as a crash. */
  private static final Duration INDULGENCE = Duration.ofSeconds(3);

  private final BundleContext context;
  private final Board board;
  private final Verdicts verdicts;
  private final Dismissal dismissal;

  Lifecycle(BundleContext context, Board board, Verdicts verdicts, Dismissal dismissal) {
    this.context = context;
    this.board = board;
    this.verdicts = verdicts;
    this.dismissal = dismissal;
  }

  /** Starts a revision, in place of another if there is one. */
  void begin(Slot slot, Revision fresh, Slot.Purpose purpose, Slot.@Nullable Old old) {
    board.mark(fresh.sha(), true);
    boolean inTurn = old != null && fresh.jar().inTurn();
    GapMeter gap = old == null ? null : new GapMeter(context, old.bundle(), fresh.bundle());
    Bundle before = purpose == Slot.Purpose.RESTART ? fresh.bundle() : null;
    Attempt attempt =
        new Attempt(
            fresh,
            inTurn && old != null ? old.bundle() : before,
            board.parts().probe(),
            board.settings().satisfyTimeout(),
            old == null || old.product() ? Set.of() : Services.of(old.bundle()));
    Bounded thread =
        new Bounded(
            "starter",
            board.settings().startTimeout(),
            attempt,
            () -> board.post(() -> attempted(slot, attempt)));
    slot.run = new Slot.Attempting(thread, attempt, purpose, old, gap);
    thread.start();
  }

  private void attempted(Slot slot, Attempt attempt) {
    board.mark(attempt.fresh().sha(), false);
    if (!(slot.run instanceof Slot.Attempting run) || run.attempt() != attempt) {
      // It was given up long ago, and now it comes back.
      board.stuck().remove(attempt.fresh().bundle());
      dismissal.discard(attempt.fresh().bundle());
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
                board.settings().startTimeout().toSeconds(),
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
    board.parts().journal().good(fresh);
    board.changed();
    if (run.purpose() == Slot.Purpose.TAKE_IN) {
      verdicts.clear(slot);
    }
    if (slot.refusal == null) {
      slot.enter(Plugin.State.ACTIVE, "");
    }
    board.save();
    board.parts().tally().accepted.increment();
    Slot.Old old = run.old();
    AUDIT.log(
        System.Logger.Level.INFO,
        "plugin-active actor=files subject=\"{0}\" bundle={1} version={2} sha={3}",
        slot.file,
        fresh.jar().name(),
        fresh.jar().version().toString(),
        fresh.sha());
    if (old == null) {
      LOG.log(
          System.Logger.Level.INFO,
          "plugin active file=%s bundle=%s version=%s sha=%.12s ms=%.1f"
              .formatted(
                  slot.file,
                  fresh.jar().name(),
                  fresh.jar().version(),
                  fresh.sha(),
                  slot.millisSinceChange()));
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
    double served = slot.millisSinceChange();
    Runnable swapped =
        () -> {
          slot.gapMillis = gap == null ? 0 : gap.close();
          slot.swaps++;
          board.parts().tally().swapped(slot.gapMillis);
          LOG.log(
              System.Logger.Level.INFO,
              "plugin swapped file=%s bundle=%s version=%s sha=%.12s ms=%.1f gap_ms=%.3f"
                  .formatted(
                      slot.file,
                      fresh.jar().name(),
                      fresh.jar().version(),
                      fresh.sha(),
                      served,
                      slot.gapMillis));
        };
    if (old.product()) {
      slot.displaced = old.bundle();
    }
    Duration drain = fresh.jar().inTurn() ? Duration.ZERO : board.settings().drainTime();
    board.parts().hook().leave(old.bundle());
    dismissal.retire(slot, old.bundle(), old.product(), drain, swapped);
  }

  private void failed(Slot slot, Slot.Attempting run, Refusal refusal, boolean hangs) {
    GapMeter gap = run.gap();
    if (gap != null) {
      gap.close();
    }
    Revision fresh = run.attempt().fresh();
    if (run.purpose() == Slot.Purpose.RESTART && !hangs) {
      restartFailed(slot, fresh, refusal);
      return;
    }
    if (run.purpose() == Slot.Purpose.FALL_BACK) {
      board.parts().journal().forgetGood(slot.file);
      LOG.log(
          System.Logger.Level.WARNING,
          "the last good revision does not start any more: %s file=%s"
              .formatted(refusal.text(), slot.file));
    } else {
      if (run.purpose() == Slot.Purpose.RESTART) {
        slot.serving = null;
        board.parts().journal().forgetGood(slot.file);
      }
      verdicts.refuse(slot, slot.judged, fresh.sha(), refusal);
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
      dismissal.retire(slot, fresh.bundle(), false, Duration.ZERO, restore);
    }
  }

  private void restartFailed(Slot slot, Revision fresh, Refusal refusal) {
    if (fresh.bundle().getState() == Bundle.INSTALLED) {
      // What it was wired to has gone, or is not what it was.
      verdicts.refuse(
          slot,
          slot.judged,
          fresh.sha(),
          board.parts().admission().unresolved(slot.file, fresh.bundle()));
    } else if (refusal.kind().retry() == Refusal.Retry.SERVICES) {
      verdicts.refuse(slot, slot.judged, fresh.sha(), refusal);
    } else {
      crashed(slot, refusal.reason());
    }
  }

  /** After an in-turn swap that failed: the old revision has to be started again. */
  private void restore(Slot slot, Slot.Old old) {
    Revision serving = old.from().serving;
    if (serving != null) {
      begin(old.from(), serving, Slot.Purpose.RESTART, null);
    } else if (old.product()) {
      dismissal.startProduct(old.bundle());
    } else {
      LOG.log(System.Logger.Level.WARNING, "nothing to go back to file=" + slot.file);
    }
  }

  /** The configuration changed: everything is to be judged by the new one. */
  void settingsChanged() {
    for (Slot slot : board.slots()) {
      slot.again |= slot.judged != null && slot.run == null;
      Revision serving = slot.serving;
      boolean other = serving != null && !slot.refusedSha.isEmpty();
      if (serving != null && other && board.settings().requireSigned() && slot.run == null) {
        try {
          new SignatureCheck(board.settings().trustedKeys()).verify(serving.staged(), slot.file);
        } catch (RefusedException | IOException e) {
          LOG.log(
              System.Logger.Level.WARNING,
              "the serving revision is withdrawn: %s file=%s".formatted(e.getMessage(), slot.file));
          dismissal.withdraw(slot, serving);
        }
      }
    }
  }

  /** Looks after what a slot is busy with. */
  void tend(Slot slot) {
    Slot.Run run = slot.run;
    if (run == null || !run.thread().overdue()) {
      return;
    }
    slot.run = null;
    switch (run) {
      case Slot.Attempting a -> {
        board.mark(a.attempt().fresh().sha(), false);
        board.stuck().add(a.attempt().fresh().bundle());
        board.parts().leaks().watch(a.attempt().fresh().bundle());
        failed(slot, a, late(slot.file, a, "; it ignores being interrupted"), true);
      }
      case Slot.Retiring r -> {
        board.stuck().add(r.retirement().bundle());
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

  /**
   * Looks whether a component of what serves has failed. It is given a while first: a failure after
   * a change of configuration is taken back by whoever changed it.
   *
   * @return whether it has to be looked at again
   */
  boolean failing(Slot slot) {
    Revision serving = slot.serving;
    List<String> failures =
        serving == null || slot.run != null
            ? List.of()
            : board.parts().probe().failures(serving.bundle());
    if (failures.isEmpty()) {
      slot.failing = 0;
    } else if (slot.failing == 0) {
      slot.failing = System.nanoTime();
    } else if (System.nanoTime() - slot.failing > INDULGENCE.toNanos()) {
      slot.failing = 0;
      crashed(slot, String.join("; ", failures));
    }
    return slot.failing != 0;
  }

  /** Drops bundles of ours that no slot knows: an earlier life of this component left them. */
  void dropOrphans() {
    for (Bundle bundle : context.getBundles()) {
      boolean known =
          board.slots().stream()
              .anyMatch(
                  s ->
                      (s.serving != null && s.serving.bundle().equals(bundle))
                          || (s.run instanceof Slot.Attempting a
                              && a.attempt().fresh().bundle().equals(bundle))
                          || (s.run instanceof Slot.Retiring r
                              && r.retirement().bundle().equals(bundle)));
      if (!known && board.parts().admission().ours(bundle) && !board.stuck().contains(bundle)) {
        dismissal.discard(bundle);
      }
    }
  }

  /** The code of a plugin failed while it was serving. */
  void crashed(Slot slot, String what) {
    Revision serving = slot.serving;
    if (serving == null) {
      return;
    }
    board.parts().tally().crashes.increment();
    Settings now = board.settings();
    long nanos = System.nanoTime();
    slot.crashes.addLast(nanos);
    slot.crashes.removeIf(t -> nanos - t > now.crashWindow().toNanos());
    LOG.log(
        System.Logger.Level.WARNING,
        "plugin crashed: %s file=%s bundle=%s crash=%d limit=%d"
            .formatted(
                what, slot.file, serving.jar().name(), slot.crashes.size(), now.crashLimit()));
    if (slot.crashes.size() < now.crashLimit()) {
      begin(slot, serving, Slot.Purpose.RESTART, null);
      return;
    }
    verdicts.refuse(
        slot,
        slot.judged,
        serving.sha(),
        new Refusal(
            Refusal.Kind.CRASHED,
            "%s crashed %d times within %d s, last: %s"
                .formatted(slot.file, slot.crashes.size(), now.crashWindow().toSeconds(), what),
            "mend it, or give it another chance: ./sluice host:release " + slot.file));
  }

  /**
   * Lets go of everything that still runs, since nobody will look after it. What was being started
   * then did not end the process, unless it is what ends it.
   */
  void close() {
    for (Slot slot : board.slots()) {
      if (slot.run instanceof Slot.Attempting run) {
        if (run.thread().exiting()) {
          LOG.log(
              System.Logger.Level.ERROR,
              "the start of a plugin ends the process file=" + slot.file);
        } else {
          run.thread().interrupt();
          board.mark(run.attempt().fresh().sha(), false);
        }
      }
    }
  }
}
