// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Watches one file until it is all there. */
final class Arrival {
  private DropFolder.@Nullable Sighting seen;
  private long since;
  private String missing = "";

  /** How far a file has come. */
  enum Stage {
    /** Incomplete, or written a moment ago. */
    ARRIVING,
    COMPLETE,
    /** Incomplete, and nobody has written for a while. */
    STALLED
  }

  Stage look(DropFolder.Sighting sighting, Settings settings) throws IOException {
    if (!sighting.equals(seen)) {
      seen = sighting;
      since = System.nanoTime();
      missing = ZipEnd.missing(sighting.path());
    }
    Duration quiet = quiet(sighting);
    if (missing.isEmpty()) {
      return quiet.compareTo(settings.settleTime()) >= 0 ? Stage.COMPLETE : Stage.ARRIVING;
    }
    return quiet.compareTo(settings.stallTimeout()) >= 0 ? Stage.STALLED : Stage.ARRIVING;
  }

  /** Whether this was looked at and is not all there. */
  boolean incomplete(DropFolder.Sighting sighting) {
    return sighting.equals(seen) && !missing.isEmpty();
  }

  /** How long nobody has changed the file. */
  Duration quiet(DropFolder.Sighting sighting) {
    Duration observed = Duration.ofNanos(System.nanoTime() - since);
    Fingerprint print = sighting.print();
    if (print == null) {
      return observed;
    }
    Duration told = Duration.between(print.changed().toInstant(), Instant.now());
    return told.compareTo(observed) > 0 ? told : observed;
  }

  /** What is missing; empty when the file is complete. */
  String missing() {
    return missing;
  }
}
