// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.time.Instant;
import java.util.List;

/**
 * One state of the whole configuration that was accepted.
 *
 * @param origin {@code files}, {@code rollback to 3}, …
 * @param changed PIDs that differ from the generation before
 */
public record Generation(
    long number, Instant at, State state, String origin, List<String> changed) {

  /** What became of a generation. */
  public enum State {
    /** Applied, and being watched. */
    PROBING,
    /** In force, or was until a later one. */
    COMMITTED,
    /** Applied, found harmful, and taken back. */
    ROLLED_BACK,
    /** Applied, and followed by the next, or by an orderly stop, before it was judged. */
    SUPERSEDED,
    /** Being tried when the process ended. */
    INTERRUPTED
  }
}
