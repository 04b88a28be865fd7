// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;

/** What all who decide about plugins share. Used by the worker only. */
final class Board {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Parts parts;
  private final Supplier<Settings> settings;
  private final Consumer<Runnable> inbox;
  private final Collection<Slot> slots;
  private final Set<Bundle> stuck;
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

  Board(
      Parts parts,
      Supplier<Settings> settings,
      Consumer<Runnable> inbox,
      Collection<Slot> slots,
      Set<Bundle> stuck) {
    this.parts = parts;
    this.settings = settings;
    this.inbox = inbox;
    this.slots = slots;
    this.stuck = stuck;
  }

  Parts parts() {
    return parts;
  }

  Settings settings() {
    return settings.get();
  }

  Collection<Slot> slots() {
    return slots;
  }

  /** Bundles that do not come back from a call; the framework must not be made to wait for them. */
  Set<Bundle> stuck() {
    return stuck;
  }

  /** Has something done on the worker's thread; may be called from any thread. */
  void post(Runnable work) {
    inbox.accept(work);
  }

  /** Rises with every change of what is deployed. */
  long world() {
    return world;
  }

  void changed() {
    world++;
  }

  void save() {
    try {
      parts.journal().write();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "writing the journal of plugins, which the next start will need: " + e);
    }
  }

  /** A mark on the disk tells the next process what this one was starting when it died. */
  void mark(String sha, boolean starting) {
    try {
      if (starting) {
        parts.journal().starting(sha);
      } else {
        parts.journal().started(sha);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "marking the start of a plugin: " + e + " sha=" + sha);
    }
  }
}
