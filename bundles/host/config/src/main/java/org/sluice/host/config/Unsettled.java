// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
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

  private final Path folder;
  private volatile long goneSince;
  private volatile long brokenSince;

  Unsettled(Path folder) {
    this.folder = folder;
  }

  /** Whether there is something to look at again soon. */
  boolean waiting() {
    return goneSince != 0 || brokenSince != 0;
  }

  /** Whether a file is gone that was there, and too short a time to believe it. */
  boolean gone(Snapshot before, Snapshot now) {
    Set<String> gone = new TreeSet<>(before.files().keySet());
    gone.removeAll(now.files().keySet());
    now.problems().forEach(p -> gone.remove(p.file()));
    long time = System.nanoTime();
    if (gone.isEmpty()) {
      goneSince = 0;
      return false;
    }
    if (goneSince == 0) {
      goneSince = time;
    }
    if (time - goneSince < GONE) {
      return true;
    }
    goneSince = 0;
    return false;
  }

  /** Whether files are broken, and too young to believe it. */
  boolean broken(Checked checked) {
    long time = System.nanoTime();
    if (checked.good()) {
      brokenSince = 0;
      return false;
    }
    if (brokenSince == 0) {
      brokenSince = time;
    }
    if (time - brokenSince < BROKEN_AT_MOST && young(checked)) {
      return true;
    }
    brokenSince = 0;
    return false;
  }

  private boolean young(Checked checked) {
    long newest = 0;
    for (ConfigProblem problem : checked.problems()) {
      Path file = folder.resolve(problem.file());
      try {
        if (problem.error() && Files.isRegularFile(file)) {
          newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
        }
      } catch (IOException e) {
        LOG.log(WARNING, "file cannot be examined: " + e + " file=" + file);
      }
    }
    long age = System.currentTimeMillis() - newest;
    return age >= 0 && age < YOUNG_MILLIS;
  }
}
