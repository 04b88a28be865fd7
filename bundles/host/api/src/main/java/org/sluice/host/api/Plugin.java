// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.time.Instant;
import java.util.List;

/**
 * One file in the drop-in folder.
 *
 * @param file its name in the folder
 * @param bundle symbolic name of what serves; empty when nothing does
 * @param version version of what serves
 * @param state what became of the file as it is now
 * @param since when the state was entered
 * @param swaps revisions swapped since the start of the process
 * @param gapMillis how long no revision served during the last swap
 * @param provides services the serving revision registered
 * @param waitsFor configuration it cannot do without and has not got
 * @param serving digest of the revision that serves; empty when nothing does. It differs from the
 *     file's own when the file was refused and the previous revision kept
 * @param reason why it is in that state, naming file and remedy; empty for {@link State#ACTIVE}
 */
public record Plugin(
    String file,
    String bundle,
    String version,
    State state,
    @Detail Instant since,
    @Detail int swaps,
    @Detail double gapMillis,
    List<String> provides,
    @Detail List<String> waitsFor,
    @Detail String serving,
    String reason) {

  /** What became of a file. */
  public enum State {
    /** Still being written. */
    ARRIVING,
    /** Accepted, being started and probed. */
    STARTING,
    /** Serves. */
    ACTIVE,
    /** Not looked at for now: safe mode, or a folder that cannot be trusted. */
    HELD,
    /** Refused; whatever served before still does. */
    QUARANTINED
  }
}
