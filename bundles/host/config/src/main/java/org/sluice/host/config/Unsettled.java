// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.sluice.host.api.ConfigProblem;

/**
 * Disbelief in what may be over in a moment: a file that is gone, because an editor renames; a file
 * that is broken, because it is being written.
 */
final class Unsettled {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final long GONE = Duration.ofMillis(200).toNanos();

  /** A file written so short a time ago may not be all there. */
  private static final long YOUNG_MILLIS = 150;

  private static final long BROKEN_AT_MOST = Duration.ofSeconds(1).toNanos();

  private final ConfigFolder folder;
  private final LongSupplier nanos;
  private final Doubt gone = new Doubt();
  private final Doubt broken = new Doubt();

  Unsettled(ConfigFolder folder, LongSupplier nanos) {
    this.folder = folder;
    this.nanos = nanos;
  }

  /** What is doubted as long as it has been seen only for a short time, or only now and then. */
  private static final class Doubt {
    /** Between two looks a process that is not run sees nothing of what came and went. */
    private static final int LOOKS = 4;

    private int looks;
    private long since;

    /**
     * @param begun when this look began
     * @param now when it ended
     */
    private boolean holds(long begun, long now, long enough) {
      if (looks == 0) {
        since = now;
      }
      looks++;
      return looks < LOOKS || begun - since < enough;
    }

    private void end() {
      looks = 0;
    }
  }

  /** Whether there is something to look at again soon. */
  boolean waiting() {
    return gone.looks > 0 || broken.looks > 0;
  }

  /** The folder is as it was before. */
  void calm() {
    gone.end();
    broken.end();
  }

  /**
   * Whether a file is gone that was there, and too short a time to believe it.
   *
   * @param begun when it was begun to look
   */
  boolean gone(Snapshot before, Snapshot now, long begun) {
    Set<String> missing = new TreeSet<>(before.files().keySet());
    missing.removeAll(now.files().keySet());
    now.problems().forEach(p -> missing.remove(p.file()));
    if (!missing.isEmpty() && gone.holds(begun, nanos.getAsLong(), GONE)) {
      return true;
    }
    gone.end();
    return false;
  }

  /**
   * Whether files are broken, and too young to believe it, or not the same any more.
   *
   * @param stamp of the folder before it was read
   * @param begun when it was begun to look
   */
  boolean broken(Checked checked, String stamp, long begun) {
    if (!checked.good()
        && (young(checked, begun) || !folder.stamp().equals(stamp))
        && broken.holds(begun, nanos.getAsLong(), BROKEN_AT_MOST)) {
      return true;
    }
    broken.end();
    return false;
  }

  private boolean young(Checked checked, long begun) {
    long newest = 0;
    for (ConfigProblem problem : checked.problems()) {
      Path file = folder.path().resolve(problem.file());
      try {
        if (problem.error() && Files.isRegularFile(file)) {
          newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
        }
      } catch (IOException e) {
        LOG.log(WARNING, "file cannot be examined: " + e + " file=" + file);
      }
    }
    long now = System.currentTimeMillis();
    long looked = now - TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begun);
    return newest > looked - YOUNG_MILLIS && newest <= now;
  }
}
