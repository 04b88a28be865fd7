// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.sluice.host.api.Plugin;

/** All that is known of one file of the drop-in folder. Touched by the worker only. */
final class Slot {
  final String file;
  final Arrival arrival = new Arrival();
  final Deque<Long> crashes = new ArrayDeque<>();

  /** As it lies in the folder; null when it does not. */
  DropFolder.@Nullable Sighting sighting;

  /** When it was first found missing, by the clock of {@link System#nanoTime}. */
  long missingSince;

  /** As it lay when it was last decided on. */
  DropFolder.@Nullable Sighting judged;

  /** Decide again although the file is the same. */
  boolean again;

  @Nullable Revision serving;

  /** The bundle of the product whose place is taken. */
  @Nullable Bundle displaced;

  @Nullable Run run;
  @Nullable Refusal refusal;

  /** A refusal that another file on its way may still mend; it is not told yet. */
  boolean deferred;

  /** When it was refused, by the clock of {@link System#nanoTime}. */
  long refusedNanos;

  /** State of the world when it was refused. */
  long refusedAt;

  /** Digest of what was refused; empty when it could not be read. */
  String refusedSha = "";

  /** Looks damaged, but somebody may be writing over it; null when nobody does. */
  DropFolder.@Nullable Sighting torn;

  /** Whether the last good revision was tried already in place of the refused content. */
  boolean fellBack;

  /** Since when a component of what serves is in failure; 0 when none is. */
  long failing;

  /** It was stopped because of what it is wired to, and has to be started again. */
  boolean restart;

  /** Symbolic name of the last content that had one. */
  String name = "";

  @Nullable String pendingCrash;
  Plugin.State state = Plugin.State.ARRIVING;
  String reason = "";
  Instant since = Instant.now();
  private @Nullable Instant activeSince;

  /** When the file was last seen to be different, by the clock of {@link System#nanoTime}. */
  long changedNanos = System.nanoTime();

  double gapMillis;
  int swaps;

  Slot(String file) {
    this.file = file;
  }

  /** What a slot is busy with: one thing at a time. */
  sealed interface Run {
    Bounded thread();
  }

  /** Why an attempt is made. */
  enum Purpose {
    /** The content of the file. */
    TAKE_IN,
    /** The last good revision, because the content of the file is not to be had. */
    FALL_BACK,
    /** What served already and has to be started again. */
    RESTART
  }

  /**
   * @param old what is to be replaced; null when nothing serves
   */
  record Attempting(
      Bounded thread, Attempt attempt, Purpose purpose, @Nullable Old old, @Nullable GapMeter gap)
      implements Run {}

  /**
   * A revision is being dropped.
   *
   * @param then what comes next, whether the revision went or was given up
   */
  record Retiring(Bounded thread, Retirement retirement, Runnable then) implements Run {}

  /**
   * What a new revision takes the place of.
   *
   * @param product whether it is a bundle of the product, which is only stopped
   * @param from the slot it serves in
   */
  record Old(Bundle bundle, boolean product, Slot from) {}

  void enter(Plugin.State next, String why) {
    if (state == Plugin.State.ACTIVE && next == Plugin.State.ARRIVING) {
      activeSince = since;
    }
    if (next != state || !why.equals(reason)) {
      state = next;
      reason = why;
      since = Instant.now();
    }
  }

  /** It serves what it served before: nothing happened. */
  void resume() {
    Instant before = state == Plugin.State.ARRIVING ? activeSince : null;
    enter(Plugin.State.ACTIVE, "");
    if (before != null) {
      since = before;
    }
  }

  void see(DropFolder.Sighting now) {
    if (!now.equals(sighting)) {
      sighting = now;
      changedNanos = System.nanoTime();
    }
  }

  /** How long ago the file was last seen to be different, in milliseconds. */
  double millisSinceChange() {
    return (System.nanoTime() - changedNanos) / 1e6;
  }

  boolean missing() {
    return sighting == null;
  }

  /** Whether there is a file that is complete, for all that is known, and was not decided on. */
  boolean undecided() {
    return sighting != null && (again || !sighting.equals(judged)) && !arrival.incomplete(sighting);
  }

  /** Whether what is being started here takes over from another file. */
  boolean replaces(Slot other) {
    return run instanceof Attempting attempting
        && attempting.old() != null
        && attempting.old().from() == other;
  }
}
