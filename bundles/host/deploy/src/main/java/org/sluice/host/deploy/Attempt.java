// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/**
 * Starts one revision and probes it. Runs code of the plugin, so it runs on a thread of its own and
 * may never come back.
 */
final class Attempt implements Runnable {
  private final Revision fresh;
  private final @Nullable Bundle before;
  private final Probe probe;
  private final Duration patience;
  private final Set<String> expected;
  private volatile @Nullable Refusal refusal;
  private volatile String step = "being started";

  /**
   * @param before what has to stop first; null when the new revision starts beside the old
   * @param patience how long a missing service may take to come
   * @param expected services that the old revision provides
   */
  Attempt(
      Revision fresh,
      @Nullable Bundle before,
      Probe probe,
      Duration patience,
      Set<String> expected) {
    this.fresh = fresh;
    this.before = before;
    this.probe = probe;
    this.patience = patience;
    this.expected = expected;
  }

  Revision fresh() {
    return fresh;
  }

  /** Why it failed; null when it did not. */
  @Nullable Refusal refusal() {
    return refusal;
  }

  /** What it was doing last. */
  String step() {
    return step;
  }

  @Override
  public void run() {
    String file = fresh.file();
    try {
      if (before != null) {
        step = "waiting for the old revision to stop";
        before.stop(Bundle.STOP_TRANSIENT);
      }
      step = "being started";
      fresh.bundle().start(Bundle.START_TRANSIENT);
      step = "being probed";
      probe.examine(file, fresh.bundle(), patience);
      compare(file);
    } catch (RefusedException e) {
      refusal = e.refusal();
    } catch (InterruptedException e) {
      refusal = failed(file + " was interrupted while " + step);
    } catch (BundleException e) {
      refusal = failed(file + " failed to start: " + Failure.summary(e));
    } catch (RuntimeException | LinkageError | AssertionError e) {
      refusal = failed(file + " failed while " + step + ": " + Failure.summary(e));
    } catch (StackOverflowError | OutOfMemoryError e) {
      refusal = failed(file + " failed while " + step + ": " + e);
    }
  }

  /** A revision that only waits for its configuration must not take a working one's place. */
  private void compare(String file) throws RefusedException {
    List<String> waitsFor = probe.waitsFor(fresh.bundle());
    Set<String> lost = new TreeSet<>(expected);
    lost.removeAll(Services.of(fresh.bundle()));
    if (!waitsFor.isEmpty() && !lost.isEmpty()) {
      String pids = String.join(", ", waitsFor);
      throw new RefusedException(
          new Refusal(
              Refusal.Kind.UNCONFIGURED,
              "%s waits for its configuration %s and does not provide %s yet, which the revision"
                      .formatted(file, pids, String.join(", ", lost))
                  + " that serves does",
              "write configs/" + waitsFor.getFirst() + ".cfg.json; it is tried again then",
              Set.copyOf(waitsFor)));
    }
  }

  private static Refusal failed(String reason) {
    return new Refusal(Refusal.Kind.START_FAILED, reason, "mend the plugin and drop it again");
  }
}
