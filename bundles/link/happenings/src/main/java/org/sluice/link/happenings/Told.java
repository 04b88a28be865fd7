// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import org.sluice.link.api.Happening;

/** What is told to those who read the stream of happenings. */
sealed interface Told {

  /** Of the event it follows from. */
  long number();

  /** Whether all that follows from events up to this number is told now. */
  boolean complete();

  /**
   * Something happened.
   *
   * @param complete whether it is the last that follows from its event
   */
  record Happened(Happening happening, boolean complete) implements Told {
    @Override
    public long number() {
      return happening.number();
    }
  }

  /**
   * Some of what happened is not told.
   *
   * @param after what follows from events up to this one was told
   * @param through what follows from the events after that one up to this one is not
   * @param text why, for people
   */
  record Gap(long after, long through, String text) implements Told {
    @Override
    public long number() {
      return through;
    }

    /** What is so now comes behind it; who did not get that has the gap still. */
    @Override
    public boolean complete() {
      return false;
    }
  }
}
