// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.Rule;
import org.sluice.link.api.Scope;

/**
 * What should be. It follows from what it is made of and from nothing else.
 *
 * <p>For each address there are two rules. The first asks the main table for everything but default
 * routes, so that neighbours on a link and local bridges are reached directly. The second asks the
 * table of the link, which has its gateway.
 */
record Desired(List<Lane> lanes, List<Conflict> conflicts) {

  /** What IPv6 gives a route that names no metric; IPv4 gives none. */
  private static final long METRIC_SIX = 1024;

  /** Asked when no other default route is there. */
  private static final long LAST_METRIC = 4_294_967_294L;

  private static final Comparator<KernelRoute> BEST_DEFAULT =
      Comparator.<KernelRoute, Boolean>comparing(r -> r.table() != Rtnetlink.TABLE_MAIN)
          .thenComparingLong(KernelRoute::metric)
          .thenComparingLong(KernelRoute::table);

  Desired {
    lanes = List.copyOf(lanes);
    conflicts = List.copyOf(conflicts);
  }

  static Desired of(
      Scene scene,
      Claim.Outcome claimed,
      Map<Integer, Long> tables,
      Settings settings,
      Actual actual) {
    List<Lane> lanes = new ArrayList<>();
    List<Conflict> conflicts = new ArrayList<>(claimed.conflicts());
    Map<IpPrefix, Link> taken = new HashMap<>();
    for (Claim claim : claimed.claims()) {
      Long table = tables.get(claim.link().index());
      if (table == null) {
        continue;
      }
      for (boolean six : new boolean[] {false, true}) {
        if (claim.spec().handles(six)) {
          List<IpPrefix> sources = sources(claim, six, scene, taken, conflicts);
          lanes.add(lane(claim, six, table, sources, settings, actual));
        }
      }
    }
    foreignRules(scene.rules(), lanes, settings.owner(), conflicts);
    foreignRoutes(lanes, actual, conflicts);
    return new Desired(lanes, conflicts);
  }

  private static List<IpPrefix> sources(
      Claim claim, boolean six, Scene scene, Map<IpPrefix, Link> taken, List<Conflict> conflicts) {
    Set<IpPrefix> all = new LinkedHashSet<>();
    for (Address address : scene.addresses(claim.link())) {
      IpAddress ip = address.prefix().address();
      if (ip.six() == six && wanted(address) && !claim.spec().excludes(ip)) {
        all.add(new IpPrefix(ip, ip.bits()));
      }
    }
    for (IpPrefix behind : claim.spec().sources()) {
      if (behind.address().six() == six) {
        all.add(behind);
      }
    }
    List<IpPrefix> own = new ArrayList<>();
    for (IpPrefix source : all) {
      Link holder = taken.putIfAbsent(source, claim.link());
      if (holder == null) {
        own.add(source);
      } else {
        conflicts.add(
            new Conflict(
                claim.link().name(),
                "%s is on link %s and on link %s; packets from it leave by %s"
                    .formatted(source, holder.name(), claim.link().name(), holder.name()),
                "exclude it in " + claim.spec().file() + " or take it off one of the links"));
      }
    }
    return own;
  }

  private static boolean wanted(Address address) {
    IpAddress ip = address.prefix().address();
    return address.usable()
        && (address.scope() == Scope.GLOBAL || address.scope() == Scope.SITE)
        && !ip.linkLocal()
        && !ip.loopback()
        && !ip.multicast();
  }

  private static Lane lane(
      Claim claim,
      boolean six,
      long table,
      List<IpPrefix> sources,
      Settings settings,
      Actual actual) {
    PolicySpec spec = claim.spec();
    long priority = spec.priority() == 0 ? settings.priority() : spec.priority();
    List<KernelRoute> others =
        actual.by(claim.link().index()).stream()
            .filter(r -> r.six() == six && r.protocol() != settings.owner() && r.unicast())
            .toList();
    Optional<KernelRoute.Hop> way = way(claim, six, others);
    List<OwnedRoute> routes =
        sources.isEmpty() ? List.of() : routes(claim, six, table, way, others);
    List<OwnedRule> rules = new ArrayList<>();
    for (IpPrefix source : sources) {
      rules.add(new OwnedRule(priority, source, Rtnetlink.TABLE_MAIN, true));
      rules.add(new OwnedRule(priority + 1, source, table, false));
    }
    return new Lane(claim.link(), spec, six, table, priority, sources, way, routes, rules);
  }

  /** Where packets go next: as the file says, or as the best default route by the link goes. */
  private static Optional<KernelRoute.Hop> way(Claim claim, boolean six, List<KernelRoute> others) {
    if (!claim.link().up()) {
      return Optional.empty();
    }
    int index = claim.link().index();
    IpAddress told = claim.spec().gateway(six);
    if (told != null) {
      return Optional.of(new KernelRoute.Hop(index, told, false));
    }
    return others.stream()
        .filter(r -> r.isDefault() && r.table() != Rtnetlink.TABLE_LOCAL)
        .filter(r -> r.hop(index).isPresent())
        .min(BEST_DEFAULT)
        .flatMap(r -> r.hop(index));
  }

  private static List<OwnedRoute> routes(
      Claim claim,
      boolean six,
      long table,
      Optional<KernelRoute.Hop> way,
      List<KernelRoute> others) {
    long metric = six ? METRIC_SIX : 0;
    int index = claim.link().index();
    Map<OwnedRoute.Place, OwnedRoute> routes = new java.util.LinkedHashMap<>();
    for (IpPrefix left : claim.spec().bypass()) {
      if (left.address().six() == six) {
        put(routes, table, OwnedRoute.Type.THROW, left, metric, null);
      }
    }
    if (claim.spec().onLink() && claim.link().up()) {
      for (KernelRoute other : others) {
        if (onLink(other, index)) {
          KernelRoute.Hop hop = new KernelRoute.Hop(index, null, false);
          put(routes, table, OwnedRoute.Type.UNICAST, other.destination(), metric, hop);
        }
      }
    }
    IpPrefix all = new IpPrefix(IpAddress.any(six), 0);
    way.ifPresent(hop -> put(routes, table, OwnedRoute.Type.UNICAST, all, metric, hop));
    if (claim.spec().refuses()) {
      put(routes, table, OwnedRoute.Type.UNREACHABLE, all, LAST_METRIC, null);
    }
    return List.copyOf(routes.values());
  }

  /** What comes first stays: a bypass goes before a network on the link. */
  private static void put(
      Map<OwnedRoute.Place, OwnedRoute> to,
      long table,
      OwnedRoute.Type type,
      IpPrefix destination,
      long metric,
      KernelRoute.@Nullable Hop hop) {
    OwnedRoute route =
        hop == null
            ? new OwnedRoute(table, type, destination, metric, 0, null, false)
            : new OwnedRoute(
                table, type, destination, metric, hop.link(), hop.gateway(), hop.onLink());
    to.putIfAbsent(route.place(), route);
  }

  private static boolean onLink(KernelRoute route, int link) {
    IpAddress network = route.destination().address();
    return route.table() == Rtnetlink.TABLE_MAIN
        && !route.isDefault()
        && !network.linkLocal()
        && !network.multicast()
        && route.hops().size() == 1
        && route.hop(link).filter(hop -> hop.gateway() == null).isPresent();
  }

  /** Rules of others that decide for our addresses before ours are asked. */
  private static void foreignRules(
      List<Rule> rules, List<Lane> lanes, int owner, List<Conflict> conflicts) {
    for (Rule rule : rules) {
      IpPrefix from = rule.from();
      if (rule.protocol() == owner || from == null || !decidesAlone(rule)) {
        continue;
      }
      for (Lane lane : lanes) {
        long count = lane.sources().stream().filter(source -> covers(from, source)).count();
        if (rule.six() == lane.six()
            && rule.priority() <= lane.priority() + 1
            && rule.table() != lane.table()
            && count > 0) {
          conflicts.add(
              new Conflict(
                  lane.link().name(),
                  "rule %d from %s lookup %s of somebody else (protocol %d) is asked before those of link %s"
                      .formatted(
                          rule.priority(),
                          from,
                          Owned.table(rule.table()),
                          rule.protocol(),
                          lane.link().name()),
                  "remove it where it is configured, or give a priority below "
                      + Math.max(1, rule.priority() - 1)
                      + " in "
                      + lane.spec().file()));
        }
      }
    }
  }

  /** Whether it takes every packet of its sources, and looks for every route. */
  private static boolean decidesAlone(Rule rule) {
    return rule.action().equals("table")
        && rule.to() == null
        && !rule.inverted()
        && rule.incoming().isEmpty()
        && rule.outgoing().isEmpty()
        && rule.conditions().isEmpty()
        && rule.suppressedLength() < 0;
  }

  private static boolean covers(IpPrefix wide, IpPrefix narrow) {
    return wide.length() <= narrow.length() && wide.contains(narrow.address());
  }

  private static void foreignRoutes(List<Lane> lanes, Actual actual, List<Conflict> conflicts) {
    Set<Long> seen = new LinkedHashSet<>();
    for (Lane lane : lanes) {
      int count = actual.inTables().getOrDefault(lane.table(), List.of()).size();
      if (count > 0 && seen.add(lane.table())) {
        conflicts.add(
            new Conflict(
                lane.link().name(),
                "table %d of link %s has %d routes of somebody else"
                    .formatted(lane.table(), lane.link().name(), count),
                "choose another table in " + lane.spec().file()));
      }
    }
  }

  /** All that should be there. */
  Collection<Owned> all() {
    Set<Owned> all = new LinkedHashSet<>();
    lanes.forEach(lane -> all.addAll(lane.routes()));
    lanes.forEach(lane -> all.addAll(lane.rules()));
    return all;
  }

  /** The lane something belongs to. */
  Optional<Lane> lane(Owned owned) {
    return lanes.stream()
        .filter(
            lane ->
                switch (owned) {
                  case OwnedRoute route -> lane.routes().contains(route);
                  case OwnedRule rule -> lane.rules().contains(rule);
                })
        .findFirst();
  }
}
