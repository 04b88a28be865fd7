// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.ArrayList;
import java.util.List;
import org.sluice.dbus.OwnershipListener.Ownership;

/** A well-known name that we want. Guarded by its connection. */
final class ClaimedName {
  private final String name;
  private final List<NameClaim> claims = new ArrayList<>();
  private Ownership ownership = Ownership.LOST;
  private String detail = "there is no connection to the bus yet";

  ClaimedName(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void add(NameClaim claim) {
    claims.add(claim);
    if (ownership != Ownership.LOST) {
      claim.tell(ownership, detail);
    }
  }

  void remove(NameClaim claim) {
    claims.remove(claim);
  }

  boolean unused() {
    return claims.isEmpty();
  }

  void set(Ownership now, String why) {
    if (ownership != now) {
      ownership = now;
      detail = why;
      claims.forEach(claim -> claim.tell(now, why));
    }
  }

  void tellAgain(NameClaim claim) {
    claim.tell(ownership, detail);
  }
}
