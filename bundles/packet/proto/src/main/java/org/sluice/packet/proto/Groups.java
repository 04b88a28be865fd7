// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.util.List;
import org.sluice.packet.api.Membership;

/** Groups that are heard, all at one moment. */
final class Groups {
  private final List<Membership> memberships;
  private final long[] words;

  Groups(List<Membership> memberships) {
    this.memberships = List.copyOf(memberships);
    words = new long[4 * memberships.size()];
    for (int i = 0; i < memberships.size(); i++) {
      Membership one = memberships.get(i);
      words[4 * i] = Ip.high(one.group());
      words[4 * i + 1] = Ip.low(one.group());
      if (one.source().isPresent()) {
        words[4 * i + 2] = Ip.high(one.source().get());
        words[4 * i + 3] = Ip.low(one.source().get());
      }
    }
  }

  List<Membership> memberships() {
    return memberships;
  }

  /** Whether what a source sends to a group is heard. */
  boolean hears(long groupHigh, long groupLow, long sourceHigh, long sourceLow) {
    for (int i = 0; i < words.length; i += 4) {
      if (words[i + 1] == groupLow
          && words[i] == groupHigh
          && ((words[i + 2] | words[i + 3]) == 0
              || (words[i + 3] == sourceLow && words[i + 2] == sourceHigh))) {
        return true;
      }
    }
    return false;
  }
}
