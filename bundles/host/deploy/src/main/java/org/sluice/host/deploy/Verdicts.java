// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Plugin;

/** Says no, remembers why, and knows when the same content is worth another try. */
final class Verdicts {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.deploy.audit");

  /** How often to try again what depends on things outside. */
  static final Duration CLOCK = Duration.ofSeconds(5);

  /** How long a refusal is kept back for the sake of files that are on their way. */
  private static final Duration DEFERRAL = Duration.ofSeconds(5);

  private final Board board;
  private final Dismissal dismissal;

  Verdicts(Board board, Dismissal dismissal) {
    this.board = board;
    this.dismissal = dismissal;
  }

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
    slot.refusedAt = board.world();
    slot.refusedNanos = System.nanoTime();
    slot.fellBack = false;
    Revision serving = slot.serving;
    if (serving != null && serving.sha().equals(sha)) {
      dismissal.withdraw(slot, serving);
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
    return slot.arrival.quiet(sighting).compareTo(board.settings().stallTimeout()) < 0;
  }

  /** Whether another file is on its way that may bring what this one lacks. */
  private boolean othersArrive(Slot slot) {
    return board.slots().stream()
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
    if (slot.refusedAt != board.world()) {
      slot.again = true;
    } else if (!othersArrive(slot) || !patient) {
      slot.deferred = false;
      quarantine(slot, refusal);
    }
  }

  private void quarantine(Slot slot, Refusal refusal) {
    slot.enter(Plugin.State.QUARANTINED, refusal.text());
    Journal.Quarantined known = board.parts().journal().quarantined(slot.file);
    if (known != null && known.sha().equals(slot.refusedSha) && known.refusal().equals(refusal)) {
      return;
    }
    var entry = new Journal.Quarantined(slot.file, slot.refusedSha, refusal, Instant.now());
    board.parts().journal().quarantine(entry);
    board.save();
    DropFolder.Sighting sighting = slot.sighting;
    Path bytes = sighting == null || !sighting.obstacle().isEmpty() ? null : sighting.path();
    String serving = slot.serving == null ? "" : slot.serving.toString();
    board.parts().quarantine().put(entry, bytes, serving);
    board.parts().tally().quarantined.increment();
    dismissal.sweep();
    LOG.log(
        System.Logger.Level.WARNING,
        "plugin quarantined: %s file=%s kind=%s serving=%s"
            .formatted(
                refusal.text(),
                slot.file,
                refusal.kind(),
                serving.isEmpty() ? "nothing" : serving));
    AUDIT.log(
        System.Logger.Level.INFO,
        "plugin-quarantined actor=files subject=\"{0}\" outcome={1} why=\"{2}\"",
        slot.file,
        "refused",
        refusal.text().replace("\"", "\\\""));
  }

  /** Takes back what was said of an earlier content. */
  void clear(Slot slot) {
    slot.refusal = null;
    slot.refusedSha = "";
    slot.deferred = false;
    slot.torn = null;
    board.parts().journal().release(slot.file);
    board.parts().quarantine().remove(slot.file);
    board.save();
  }

  /** Whether what a file was refused for may have changed. */
  boolean retryDue(Slot slot) {
    Refusal refusal = slot.refusal;
    if (refusal == null || slot.deferred) {
      return false;
    }
    return switch (refusal.kind().retry()) {
      case NEVER, SETTINGS -> false;
      case PLUGINS, SERVICES -> slot.refusedAt != board.world();
      case TIME -> System.nanoTime() - slot.refusedNanos > CLOCK.toNanos();
    };
  }

  /** A service or a configuration came that somebody may wait for. */
  void came(Set<String> names) {
    for (Slot slot : board.slots()) {
      Refusal refusal = slot.refusal;
      if (refusal != null
          && refusal.kind().retry() == Refusal.Retry.SERVICES
          && refusal.awaits().stream().anyMatch(names::contains)) {
        slot.again = true;
      }
    }
  }

  /** Gives a refused file another chance. */
  void release(Slot slot) {
    slot.crashes.clear();
    slot.fellBack = false;
    slot.again = true;
    board.parts().journal().release(slot.file);
    board.parts().quarantine().remove(slot.file);
    slot.enter(Plugin.State.STARTING, "");
    board.save();
  }
}
