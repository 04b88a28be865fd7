// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;

/**
 * What is so, by the evidence.
 *
 * @param lost which dhclients ended without a word; what they told stays for a while
 * @param next when it will be something else, though nothing happens; null for never
 */
record Verdict(List<Fact> facts, List<String> lost, @Nullable Instant next) {
  Verdict {
    facts = List.copyOf(facts);
    lost = List.copyOf(lost);
  }
}
