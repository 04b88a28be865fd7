// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;
import java.util.Set;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Link;

/**
 * What hooks run for: something happened, or a link is in another state now.
 *
 * @param event as the folder of hooks is called, without {@code .d}
 * @param word of the happening it comes from
 * @param number of the event in the table
 * @param subject what exactly it is about; empty when the link says all
 * @param state what can be done with the link, in the words of networkd
 * @param before what could be done with it before
 * @param aspects as what it may be taken
 * @param suppressed how many of its kind were held back since the last one that was let through
 * @param only the hook it is for; empty for all
 */
record Occasion(
    String event,
    String word,
    long number,
    Instant time,
    String source,
    boolean initial,
    Link link,
    String subject,
    String state,
    String before,
    Set<Aspect> aspects,
    long suppressed,
    String only) {

  /** As what an occasion may be taken. */
  enum Aspect {
    /** The event is the word of a happening. */
    HAPPENING,
    /** The event is another name for it, as netevd has it. */
    ALIAS,
    /** The event is the state in which the link is now. */
    STATE,
    /** The event is the state in which a manager says the link is now. */
    SETUP,
    /** Nothing happened: somebody tries a hook. */
    TEST
  }

  Occasion {
    aspects = Set.copyOf(aspects);
  }

  static Occasion of(
      Happening from, String event, String state, String before, Set<Aspect> aspects) {
    return new Occasion(
        event,
        from.kind().word(),
        from.number(),
        from.time(),
        from.source(),
        from.initial(),
        from.link(),
        from.subject(),
        state,
        before,
        aspects,
        0,
        "");
  }

  boolean is(Aspect aspect) {
    return aspects.contains(aspect);
  }

  Occasion withSuppressed(long count) {
    return new Occasion(
        event, word, number, time, source, initial, link, subject, state, before, aspects, count,
        only);
  }

  /** The same for one hook alone. */
  Occasion only(String hook) {
    return new Occasion(
        event,
        word,
        number,
        time,
        source,
        initial,
        link,
        subject,
        state,
        before,
        aspects,
        suppressed,
        hook);
  }
}
