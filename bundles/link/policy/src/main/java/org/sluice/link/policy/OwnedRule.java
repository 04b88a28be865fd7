// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.function.IntFunction;
import org.sluice.link.api.IpPrefix;

/**
 * A rule: what comes from there is looked up in that table.
 *
 * @param suppressed whether default routes do not count
 */
record OwnedRule(long priority, IpPrefix from, long table, boolean suppressed) implements Owned {

  @Override
  public boolean six() {
    return from.address().six();
  }

  @Override
  public String text(IntFunction<String> linkNames) {
    boolean host = from.length() == from.address().bits();
    return "pref "
        + priority
        + " from "
        + (host ? from.address().toString() : from.toString())
        + " lookup "
        + Owned.table(table)
        + (suppressed ? " suppress_prefixlength 0" : "");
  }
}
