// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What leads from what is to what should be, in an order in which no packet is led astray: routes
 * are there before the rules that ask for them, and rules are gone before their routes.
 */
record Plan(List<Step> steps) {

  Plan {
    steps = List.copyOf(steps);
  }

  static Plan between(Collection<Owned> desired, Collection<Owned> actual) {
    Set<Owned> wanted = new HashSet<>(desired);
    Set<Owned> there = new HashSet<>(actual);
    Map<OwnedRoute.Place, OwnedRoute> places = new HashMap<>();
    for (Owned owned : actual) {
      if (owned instanceof OwnedRoute route) {
        places.put(route.place(), route);
      }
    }
    List<Step> routes = new ArrayList<>();
    List<Step> rules = new ArrayList<>();
    Set<OwnedRoute.Place> replaced = new HashSet<>();
    for (Owned owned : desired) {
      if (there.contains(owned)) {
        continue;
      }
      switch (owned) {
        case OwnedRoute route when places.containsKey(route.place()) -> {
          routes.add(new Step(Step.Action.REPLACE, route));
          replaced.add(route.place());
        }
        case OwnedRoute route -> routes.add(new Step(Step.Action.ADD, route));
        case OwnedRule rule -> rules.add(new Step(Step.Action.ADD, rule));
      }
    }
    List<Step> routesGone = new ArrayList<>();
    List<Step> rulesGone = new ArrayList<>();
    for (Owned owned : actual) {
      if (wanted.contains(owned)) {
        continue;
      }
      switch (owned) {
        case OwnedRoute route when replaced.contains(route.place()) -> {}
        case OwnedRoute route -> routesGone.add(new Step(Step.Action.REMOVE, route));
        case OwnedRule rule -> rulesGone.add(new Step(Step.Action.REMOVE, rule));
      }
    }
    List<Step> steps = new ArrayList<>(routes);
    steps.addAll(rules);
    steps.addAll(rulesGone);
    steps.addAll(routesGone);
    return new Plan(steps);
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }
}
