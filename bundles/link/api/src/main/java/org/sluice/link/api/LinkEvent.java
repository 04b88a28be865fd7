// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.time.Instant;

/**
 * One change of the picture.
 *
 * <p>Read it by pattern: {@code case LinkEvent.Added(var stamp, Address address) -> …}.
 */
public sealed interface LinkEvent {

  Stamp stamp();

  /** The kind of fact and what became of it: {@code link-added}, {@code address-removed}. */
  String name();

  default long number() {
    return stamp().number();
  }

  /** Whether it tells what was found at the start rather than what happened. */
  default boolean initial() {
    return stamp().cause() == Cause.INITIAL;
  }

  /**
   * When and how it came to be known.
   *
   * @param number one more than that of the event before
   * @param time when the table learned it
   * @param source who told it
   */
  record Stamp(long number, Instant time, String source, Cause cause) {}

  /** Why a fact came or went. */
  enum Cause {
    /** It was found when the source came up. */
    INITIAL,
    /** It happened, and the source saw it. */
    CHANGE,
    /**
     * It was found out when the source looked anew; when and in what steps it happened is unknown.
     */
    RESYNC,
    /** Its source went away; nobody knows whether it is still so. */
    WITHDRAWN
  }

  /** Something is there that was not. */
  record Added(Stamp stamp, Fact fact) implements LinkEvent {
    @Override
    public String name() {
      return fact.kind().word() + "-added";
    }
  }

  /** The same thing is different. */
  record Changed(Stamp stamp, Fact before, Fact fact) implements LinkEvent {
    @Override
    public String name() {
      return fact.kind().word() + "-changed";
    }
  }

  /** Something is there no more. */
  record Removed(Stamp stamp, Fact fact) implements LinkEvent {
    @Override
    public String name() {
      return fact.kind().word() + "-removed";
    }
  }

  /** A source came, went, or is in another condition. */
  record SourceChanged(Stamp stamp, SourceState state) implements LinkEvent {
    @Override
    public String name() {
      return "source-" + state.condition().word();
    }
  }
}
