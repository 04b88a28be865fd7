// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Set;
import org.sluice.link.api.Happening;
import org.sluice.link.hooks.Occasion.Aspect;

/** What NetworkManager calls an occasion when it tells its scripts. */
final class DispatcherAction {
  private static final Set<String> LEASES =
      Set.of(
          Happening.Kind.LEASE_ACQUIRED.word(),
          Happening.Kind.LEASE_RENEWED.word(),
          Happening.Kind.LEASE_CHANGED.word());

  private DispatcherAction() {}

  /** Empty when it tells them nothing. */
  static String of(Occasion occasion) {
    if (occasion.is(Aspect.STATE) || occasion.is(Aspect.TEST)) {
      if (occasion.event().equals(OperationalState.ROUTABLE)) {
        return "up";
      }
      return occasion.before().equals(OperationalState.ROUTABLE) ? "down" : "";
    }
    if (occasion.is(Aspect.HAPPENING) && LEASES.contains(occasion.word())) {
      return occasion.subject().contains(":") ? "dhcp6-change" : "dhcp4-change";
    }
    return "";
  }
}
