// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Collection;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.OperState;

/** What can be done with a link, in the words that networkd uses for it. */
final class OperationalState {
  static final String MISSING = "missing";
  static final String ROUTABLE = "routable";
  private static final String DEGRADED = "degraded";

  private OperationalState() {}

  /**
   * @param addresses usable ones on the link
   */
  static String of(Link link, Collection<IpPrefix> addresses) {
    if (!link.up()) {
      return "off";
    }
    if (link.state() == OperState.DORMANT) {
      return "dormant";
    }
    if (!link.carrier()) {
      return "no-carrier";
    }
    if (link.master() != 0) {
      return "enslaved";
    }
    if (addresses.stream().anyMatch(OperationalState::reachesFar)) {
      return ROUTABLE;
    }
    return addresses.stream().anyMatch(a -> a.address().linkLocal()) ? DEGRADED : "carrier";
  }

  static boolean reachesFar(IpPrefix address) {
    return !address.address().linkLocal() && !address.address().loopback();
  }
}
