// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

class RoutesTest {
  private static Route route(String to, long table) {
    return new Route(IpPrefix.parse(to), table, 4, Scope.GLOBAL, "unicast", 0, 0, null, List.of());
  }

  @Test
  void onlyTheTablesThatAreWanted() {
    Routes main = new Routes(Routes.Scope.MAIN, 100);
    assertTrue(main.add(route("10.0.0.0/8", 254)));
    assertFalse(main.add(route("10.0.0.0/8", 1_000_000)));
    Routes all = new Routes(Routes.Scope.ALL, 100);
    assertTrue(all.add(route("10.0.0.0/8", 4_294_967_295L)));
    assertFalse(all.add(route("10.0.0.0/8", 255)));
    assertFalse(new Routes(Routes.Scope.NONE, 100).add(route("10.0.0.0/8", 254)));
  }

  @Test
  void whenThereAreTooManyOnlyDefaultRoutesAreKept() {
    Routes routes = new Routes(Routes.Scope.MAIN, 3);
    Route defaultRoute = route("0.0.0.0/0", 254);
    assertTrue(routes.add(defaultRoute));
    assertTrue(routes.add(route("10.1.0.0/16", 254)));
    assertTrue(routes.add(route("10.2.0.0/16", 254)));
    assertFalse(routes.tooMany());
    assertFalse(routes.add(route("10.3.0.0/16", 254)));
    assertTrue(routes.tooMany());
    assertEquals(Set.of(defaultRoute), Set.copyOf(routes.kept()));
    assertTrue(routes.add(route("::/0", 254)));
    routes.clear();
    assertFalse(routes.tooMany(), "another look is another chance");
  }
}
