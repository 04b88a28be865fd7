// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.SourceState;

/** Writes what changes into the log. Guarded by the lock of the table. */
final class Journal {
  private final EventLog log;

  Journal(EventLog log) {
    this.log = log;
  }

  /** Where the changes that one call of a source makes are written. */
  Picture.Changes of(Contribution from, LinkEvent.Cause cause) {
    Instant now = Instant.now();
    String source = from.source();
    return new Picture.Changes() {
      @Override
      public void added(Fact fact) {
        log.add(new LinkEvent.Added(stamp(source, cause, now), fact));
      }

      @Override
      public void changed(Fact before, Fact after) {
        log.add(new LinkEvent.Changed(stamp(source, cause, now), before, after));
      }

      @Override
      public void removed(Fact fact) {
        log.add(new LinkEvent.Removed(stamp(source, cause, now), fact));
      }
    };
  }

  /** The source is in this condition from now on; nothing is written when it is already. */
  void state(Contribution of, SourceState.Condition condition, String text) {
    SourceState before = of.state();
    if (before.condition() != condition || !before.text().equals(text)) {
      of.state(new SourceState(of.source(), condition, Instant.now(), text));
      state(of);
    }
  }

  /** The source is as it is. */
  void state(Contribution of) {
    log.add(
        new LinkEvent.SourceChanged(
            stamp(of.source(), LinkEvent.Cause.CHANGE, Instant.now()), of.state()));
  }

  private LinkEvent.Stamp stamp(String source, LinkEvent.Cause cause, Instant now) {
    return new LinkEvent.Stamp(log.last() + 1, now, source, cause);
  }
}
