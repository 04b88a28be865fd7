// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Set;
import org.sluice.link.api.Happening;
import org.sluice.link.hooks.Occasion.Aspect;

/**
 * Whether a hook need not run any more for one occasion because another came after it: what it
 * would be told is no longer so, or is told again.
 */
final class Obsolescence {
  private static final Set<String> LEASED =
      Set.of(
          Happening.Kind.LEASE_ACQUIRED.word(),
          Happening.Kind.LEASE_RENEWED.word(),
          Happening.Kind.LEASE_CHANGED.word());

  private Obsolescence() {}

  /** Both about the same link and for the same hooks. */
  static boolean obsoletes(Occasion newer, Occasion older) {
    if (newer.word().equals(Happening.Kind.LINK_REMOVED.word())) {
      return !older.word().equals(newer.word()) || older.event().equals(newer.event());
    }
    if (newer.is(Aspect.STATE) && state(older)) {
      return true;
    }
    if (setup(newer) && setup(older)) {
      return manager(newer).equals(manager(older));
    }
    if (newer.event().equals(older.event()) && newer.aspects().equals(older.aspects())) {
      return sameMatter(newer, older);
    }
    return newer.is(Aspect.HAPPENING) && older.is(Aspect.HAPPENING) && opposite(newer, older);
  }

  /** A state alone; what happened besides is still worth telling. */
  private static boolean state(Occasion occasion) {
    return occasion.is(Aspect.STATE) && !occasion.is(Aspect.HAPPENING);
  }

  private static boolean setup(Occasion occasion) {
    return occasion.is(Aspect.SETUP);
  }

  private static String manager(Occasion occasion) {
    return occasion.subject().split(" ", 2)[0];
  }

  /** The same event again: of a state and of the MTU the last word counts. */
  private static boolean sameMatter(Occasion newer, Occasion older) {
    String word = newer.word();
    if (word.endsWith("-state")) {
      return manager(newer).equals(manager(older));
    }
    return newer.is(Aspect.ALIAS)
        || word.equals(Happening.Kind.MTU_CHANGED.word())
        || newer.subject().equals(older.subject());
  }

  private static boolean opposite(Occasion newer, Occasion older) {
    String now = newer.word();
    String then = older.word();
    if (now.equals(Happening.Kind.LEASE_LOST.word())) {
      return LEASED.contains(then);
    }
    if (then.equals(Happening.Kind.LEASE_LOST.word())) {
      return LEASED.contains(now);
    }
    if (now.equals(Happening.Kind.ADDRESS_REMOVED.word())
        && then.equals(Happening.Kind.ADDRESS_DEPRECATED.word())) {
      return newer.subject().equals(older.subject());
    }
    return newer.subject().equals(older.subject())
        && !now.equals(then)
        && positive(now).equals(positive(then));
  }

  /** The word for the state that a word tells the beginning or the end of. */
  private static String positive(String word) {
    if (word.startsWith("no-")) {
      return word.substring("no-".length());
    }
    if (word.startsWith("unready")) {
      return word.substring("un".length());
    }
    if (word.endsWith("-down")) {
      return word.substring(0, word.length() - "down".length()) + "up";
    }
    if (word.endsWith("-removed")) {
      return word.substring(0, word.length() - "removed".length()) + "added";
    }
    return word;
  }
}
