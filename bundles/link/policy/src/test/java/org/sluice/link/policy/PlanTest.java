// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;

class PlanTest {
  private static final OwnedRule FIRST =
      new OwnedRule(100, IpPrefix.parse("10.1.0.2/32"), 254, true);
  private static final OwnedRule SECOND =
      new OwnedRule(101, IpPrefix.parse("10.1.0.2/32"), 500, false);

  private static final List<OwnedRoute.Type> TYPES = List.of(OwnedRoute.Type.values());

  private static OwnedRoute route(String destination, String gateway) {
    return new OwnedRoute(
        500,
        OwnedRoute.Type.UNICAST,
        IpPrefix.parse(destination),
        0,
        3,
        IpAddress.parse(gateway),
        false);
  }

  private static List<String> texts(Plan plan) {
    return plan.steps().stream()
        .map(step -> step.action().word() + " " + step.subject().text(index -> "eth" + index))
        .toList();
  }

  @Test
  void routesComeBeforeRulesAndGoAfterThem() {
    List<Owned> all = List.of(FIRST, SECOND, route("0.0.0.0/0", "10.1.0.1"));
    assertEquals(
        List.of(
            "add default via 10.1.0.1 dev eth3 table 500",
            "add pref 100 from 10.1.0.2 lookup main suppress_prefixlength 0",
            "add pref 101 from 10.1.0.2 lookup 500"),
        texts(Plan.between(all, List.of())));
    assertEquals(
        List.of(
            "remove pref 100 from 10.1.0.2 lookup main suppress_prefixlength 0",
            "remove pref 101 from 10.1.0.2 lookup 500",
            "remove default via 10.1.0.1 dev eth3 table 500"),
        texts(Plan.between(List.of(), all)));
    assertTrue(Plan.between(all, all).isEmpty());
  }

  @Test
  void anotherGatewayTakesThePlaceInOneStep() {
    assertEquals(
        List.of("replace default via 10.1.0.9 dev eth3 table 500"),
        texts(
            Plan.between(
                List.of(route("0.0.0.0/0", "10.1.0.9")), List.of(route("0.0.0.0/0", "10.1.0.1")))));
  }

  @Test
  void theNewRuleIsThereBeforeTheOldOneGoes() {
    OwnedRule moved = new OwnedRule(101, IpPrefix.parse("10.1.0.2/32"), 600, false);
    assertEquals(
        List.of(
            "add pref 101 from 10.1.0.2 lookup 600", "remove pref 101 from 10.1.0.2 lookup 500"),
        texts(Plan.between(List.of(FIRST, moved), List.of(FIRST, SECOND))));
  }

  /** Whatever there was, after the plan there is what should be, and a second plan is empty. */
  @Test
  void everyPlanLeadsThere() {
    Random random = new Random(20);
    for (int i = 0; i < 2000; i++) {
      List<Owned> desired = some(random);
      List<Owned> actual = some(random);
      Set<Owned> after = carryOut(actual, Plan.between(desired, actual));
      assertEquals(Set.copyOf(desired), after, "case " + i);
      assertTrue(Plan.between(desired, after).isEmpty());
    }
  }

  /** What fits beside one another: in one place there is one route. */
  private static List<Owned> some(Random random) {
    Map<Object, Owned> chosen = new LinkedHashMap<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      int which = random.nextInt(6);
      if (random.nextBoolean()) {
        OwnedRoute route =
            new OwnedRoute(
                500 + which % 2,
                TYPES.get(random.nextInt(3)),
                IpPrefix.parse("10." + which + ".0.0/16"),
                0,
                random.nextInt(3),
                null,
                random.nextBoolean());
        chosen.put(route.place(), route);
      } else {
        OwnedRule rule =
            new OwnedRule(
                100 + which, IpPrefix.parse("10.0.0.7/32"), 500 + which % 2, random.nextBoolean());
        chosen.put(rule, rule);
      }
    }
    return new ArrayList<>(chosen.values());
  }

  /** As the kernel does: an addition to a place that is taken fails. */
  private static Set<Owned> carryOut(List<Owned> actual, Plan plan) {
    List<Owned> state = new ArrayList<>(actual);
    for (Step step : plan.steps()) {
      switch (step.action()) {
        case ADD -> {
          assertTrue(
              state.stream().noneMatch(o -> clash(o, step.subject())), () -> step + " in " + state);
          state.add(step.subject());
        }
        case REPLACE -> {
          assertTrue(state.removeIf(o -> clash(o, step.subject())), () -> step + " in " + state);
          state.add(step.subject());
        }
        case REMOVE -> assertTrue(state.remove(step.subject()), () -> step + " in " + state);
      }
    }
    return state.stream().collect(Collectors.toSet());
  }

  private static boolean clash(Owned one, Owned other) {
    return (one instanceof OwnedRoute a && other instanceof OwnedRoute b)
        ? a.place().equals(b.place())
        : one.equals(other);
  }
}
