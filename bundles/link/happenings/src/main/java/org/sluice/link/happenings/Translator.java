// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkAspect;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;

/** Makes happenings of events. For one thread. */
final class Translator {
  private static final String TABLE = "table";

  /** So many removed rules are remembered, to know them again. */
  private static final int RULES = 1000;

  private final Consumer<Happening> to;
  private final Supplier<Set<Need>> needs;
  private final Known known = new Known();
  private final Set<Integer> ready4 = new HashSet<>();
  private final Set<Integer> ready6 = new HashSet<>();
  private final Set<Integer> ready = new HashSet<>();
  private final SequencedSet<Rule> lostRules = new LinkedHashSet<>();
  private boolean begun;

  /**
   * @param needs what a link must have to be ready
   */
  Translator(Consumer<Happening> to, Supplier<Set<Need>> needs) {
    this.to = to;
    this.needs = needs;
  }

  /** The picture at the beginning, or after events were missed: what differs from what is known. */
  void picture(LinkSnapshot whole) {
    LinkEvent.Cause cause = begun ? LinkEvent.Cause.RESYNC : LinkEvent.Cause.INITIAL;
    var stamp = new LinkEvent.Stamp(whole.number(), whole.time(), TABLE, cause);
    begun = true;
    Map<Fact.Key, Fact> now = new HashMap<>();
    Known.all(whole).forEach(fact -> now.put(fact.key(), fact));
    for (Fact old : known.all()) {
      if (!now.containsKey(old.key())) {
        event(new LinkEvent.Removed(stamp, old));
      }
    }
    Map<Fact.Key, Fact> before = new HashMap<>();
    known.all().forEach(fact -> before.put(fact.key(), fact));
    Known.all(whole)
        .forEach(
            fact -> {
              Fact old = before.get(fact.key());
              if (old == null) {
                event(new LinkEvent.Added(stamp, fact));
              } else if (!old.equals(fact)) {
                event(new LinkEvent.Changed(stamp, old, fact));
              }
            });
  }

  /** Tells what is so, as if it had been found just now, by the number of the last event. */
  void standing(long number, Consumer<Happening> reader) {
    var stamp =
        new LinkEvent.Stamp(number, java.time.Instant.now(), TABLE, LinkEvent.Cause.INITIAL);
    Translator fresh = new Translator(reader, needs);
    // Links first, because what is on a link is told by it.
    known.links().stream()
        .sorted(java.util.Comparator.comparingInt(Link::index))
        .forEach(link -> fresh.event(new LinkEvent.Added(stamp, link)));
    for (Fact fact : known.all()) {
      if (!(fact instanceof Link)) {
        fresh.event(new LinkEvent.Added(stamp, fact));
      }
    }
  }

  void event(LinkEvent event) {
    switch (event) {
      case LinkEvent.Added added -> new Telling(event.stamp(), added.fact()).changed(null);
      case LinkEvent.Changed changed ->
          new Telling(event.stamp(), changed.fact()).changed(changed.before());
      case LinkEvent.Removed removed -> new Telling(event.stamp(), removed.fact()).removed();
      case LinkEvent.SourceChanged _ -> {
        // How a backend is changes nothing of the network.
      }
    }
  }

  /** What one event makes happen. */
  private final class Telling {
    private final LinkEvent.Stamp stamp;
    private final Fact fact;

    Telling(LinkEvent.Stamp stamp, Fact fact) {
      this.stamp = stamp;
      this.fact = fact;
    }

    private void tell(Kind kind, Link link, String subject) {
      tell(kind, link, subject, fact);
    }

    private void tell(Kind kind, Link link, String subject, Fact of) {
      to.accept(
          new Happening(
              stamp.number(),
              stamp.time(),
              kind,
              stamp.source(),
              stamp.cause() == LinkEvent.Cause.INITIAL,
              link,
              subject,
              of));
    }

    void changed(@Nullable Fact before) {
      known.put(fact);
      switch (fact) {
        case Link link -> link(before instanceof Link old ? old : null, link);
        case Address address -> address(before instanceof Address old ? old : null, address);
        case Route route -> route(Kind.DEFAULT_ROUTE_ADDED, route);
        case Rule rule -> rule(rule);
        case Neighbour neighbour -> settle(neighbour.link());
        case Lease lease -> lease(before instanceof Lease old ? old : null, lease);
        case Management management ->
            management(before instanceof Management old ? old : null, management);
      }
    }

    void removed() {
      known.remove(fact);
      switch (fact) {
        case Link link -> {
          settle(link);
          tell(Kind.LINK_REMOVED, link, "");
        }
        case Address address -> {
          Link link = known.link(address.link());
          if (link != null) {
            if (address.usable()) {
              tell(Kind.ADDRESS_REMOVED, link, address.prefix().toString());
            }
            settle(link);
          }
        }
        case Route route -> route(Kind.DEFAULT_ROUTE_REMOVED, route);
        case Rule rule -> {
          lostRules.addLast(rule);
          if (lostRules.size() > RULES) {
            lostRules.removeFirst();
          }
        }
        case Neighbour neighbour -> settle(neighbour.link());
        case Lease lease -> {
          Link link = known.link(lease.link());
          if (link != null) {
            tell(Kind.LEASE_LOST, link, words(lease));
            settle(link);
          }
        }
        case Management management -> {
          Link link = link(management);
          if (link != null) {
            tell(Kind.MANAGER_STATE, link, management.manager() + " silent");
            settle(link);
          }
        }
      }
    }

    private void lease(@Nullable Lease before, Lease now) {
      Link link = known.link(now.link());
      if (link == null) {
        // It is told when the link is.
        return;
      }
      if (before == null) {
        tell(Kind.LEASE_ACQUIRED, link, words(now), now);
      } else if (!now.grantsTheSameAs(before)) {
        tell(Kind.LEASE_CHANGED, link, words(now));
      } else if (!Objects.equals(now.renewed(), before.renewed())
          || !Objects.equals(now.expires(), before.expires())) {
        tell(Kind.LEASE_RENEWED, link, words(now));
      }
      settle(link);
    }

    private static String words(Lease lease) {
      return lease.addresses().stream().map(IpPrefix::toString).collect(Collectors.joining(" "));
    }

    private void management(@Nullable Management before, Management now) {
      Link link = link(now);
      if (link == null) {
        // As above.
        return;
      }
      if (before == null
          || !words(now).equals(words(before))
          || now.ipv4() != before.ipv4()
          || now.ipv6() != before.ipv6()) {
        tell(Kind.MANAGER_STATE, link, words(now), now);
      }
      settle(link);
    }

    private @Nullable Link link(Management management) {
      return management.link() == 0 ? Link.HOST : known.link(management.link());
    }

    private static String words(Management management) {
      String words = management.manager() + " " + management.setup();
      return management.operational().isEmpty() ? words : words + " " + management.operational();
    }

    private void rule(Rule rule) {
      IpPrefix from = rule.from();
      if (lostRules.remove(rule) && from != null) {
        String words = "%d: from %s lookup %d".formatted(rule.priority(), from, rule.table());
        known.owner(from.address()).ifPresent(link -> tell(Kind.RULE_RESTORED, link, words));
      }
    }

    private void link(@Nullable Link before, Link now) {
      if (before == null) {
        tell(Kind.LINK_ADDED, now, "");
        if (now.up()) {
          tell(Kind.LINK_UP, now, "");
          tell(now.carrier() ? Kind.CARRIER : Kind.NO_CARRIER, now, "");
        }
        for (Fact said : known.saidOf(now.index())) {
          switch (said) {
            case Lease lease -> lease(null, lease);
            case Management management -> management(null, management);
            default -> throw new IllegalStateException("a manager says nothing like " + said);
          }
        }
      } else {
        Set<LinkAspect> aspects = now.changesSince(before);
        if (aspects.contains(LinkAspect.NAME)) {
          tell(Kind.LINK_RENAMED, now, before.name());
        }
        if (aspects.contains(LinkAspect.MTU)) {
          tell(Kind.MTU_CHANGED, now, Integer.toString(before.mtu()));
        }
        if (aspects.contains(LinkAspect.UP)) {
          tell(now.up() ? Kind.LINK_UP : Kind.LINK_DOWN, now, "");
        }
        if (aspects.contains(LinkAspect.CARRIER)) {
          tell(now.carrier() ? Kind.CARRIER : Kind.NO_CARRIER, now, "");
        }
      }
      settle(now);
    }

    private void address(@Nullable Address before, Address now) {
      Link link = known.link(now.link());
      if (link == null) {
        return;
      }
      String subject = now.prefix().toString();
      boolean was = before != null && before.usable();
      if (now.usable() && !was) {
        tell(Kind.ADDRESS_ADDED, link, subject);
      } else if (!now.usable() && was) {
        tell(Kind.ADDRESS_REMOVED, link, subject);
      }
      boolean wasDeprecated = before != null && before.usable() && deprecated(before);
      if (now.usable() && deprecated(now) && !wasDeprecated) {
        tell(Kind.ADDRESS_DEPRECATED, link, subject);
      }
      settle(link);
    }

    private static boolean deprecated(Address address) {
      return address.flags().contains(AddressFlag.DEPRECATED);
    }

    private void route(Kind kind, Route route) {
      if (!Known.waysOut(route)) {
        return;
      }
      for (Route.Hop hop : route.hops()) {
        Link link = known.link(hop.link());
        if (link != null) {
          String gateway = hop.gateway() == null ? "" : " via " + hop.gateway();
          tell(kind, link, route.destination() + gateway);
        }
      }
      links(route).forEach(this::settle);
    }

    private List<Link> links(Route route) {
      List<Link> links = new ArrayList<>();
      for (Route.Hop hop : route.hops()) {
        Link link = known.link(hop.link());
        if (link != null && !links.contains(link)) {
          links.add(link);
        }
      }
      return links;
    }

    private void settle(int index) {
      Link link = known.link(index);
      if (link != null) {
        settle(link);
      }
    }

    /** Whether it has become ready, or is it no more. */
    private void settle(Link link) {
      settle(link, known.ready(link.index(), false), ready4, Kind.READY_IPV4, Kind.UNREADY_IPV4);
      settle(link, known.ready(link.index(), true), ready6, Kind.READY_IPV6, Kind.UNREADY_IPV6);
      boolean all = known.link(link.index()) != null && known.ready(link.index(), needs.get());
      settle(link, all, ready, Kind.READY, Kind.UNREADY);
    }

    private void settle(Link link, boolean now, Set<Integer> until, Kind yes, Kind no) {
      if (now ? until.add(link.index()) : until.remove(link.index())) {
        tell(now ? yes : no, link, "");
      }
    }
  }
}
