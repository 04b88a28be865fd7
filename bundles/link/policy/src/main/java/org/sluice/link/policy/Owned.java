// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.function.IntFunction;

/** Something in the kernel that policy routing makes and marks as its own. */
sealed interface Owned permits OwnedRule, OwnedRoute {

  boolean six();

  /** In the words of {@code ip}. */
  String text(IntFunction<String> linkNames);

  default String kind() {
    return this instanceof OwnedRule ? "rule" : "route";
  }

  default String family() {
    return six() ? "IPv6" : "IPv4";
  }

  static String table(long number) {
    return number == Rtnetlink.TABLE_MAIN ? "main" : Long.toString(number);
  }
}
