// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.sluice.link.api.Route;

/** Which routes are kept, and those that are. For the reader's thread. */
final class Routes {
  /** Whose routes. */
  enum Scope {
    NONE,
    MAIN,
    ALL
  }

  private final Scope scope;
  private final int most;
  private final Set<Route> kept = new HashSet<>();
  private volatile boolean tooMany;

  Routes(Scope scope, int most) {
    this.scope = scope;
    this.most = most;
  }

  Scope scope() {
    return scope;
  }

  void clear() {
    kept.clear();
    tooMany = false;
  }

  Collection<Route> kept() {
    return kept;
  }

  /** Whether only default routes are kept because there are too many. Any thread may ask. */
  boolean tooMany() {
    return tooMany;
  }

  boolean contains(Route route) {
    return kept.contains(route);
  }

  /** False when the route is not to be kept. */
  boolean add(Route route) {
    if (!wanted(route)) {
      return false;
    }
    if (!tooMany && kept.size() >= most) {
      tooMany = true;
      kept.removeIf(old -> !old.isDefault());
    }
    if (tooMany && !route.isDefault()) {
      return false;
    }
    kept.add(route);
    return true;
  }

  void remove(Route route) {
    kept.remove(route);
  }

  boolean wanted(Route route) {
    return switch (scope) {
      case NONE -> false;
      case MAIN -> route.table() == Rtnetlink.TABLE_MAIN;
      case ALL -> route.table() != Rtnetlink.TABLE_LOCAL;
    };
  }
}
