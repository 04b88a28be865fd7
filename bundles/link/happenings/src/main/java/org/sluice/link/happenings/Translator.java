// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkAspect;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Route;

/** Makes happenings of events. For one thread. */
final class Translator {
  private static final String TABLE = "table";

  private final Consumer<Happening> to;
  private final Known known = new Known();
  private final Set<Integer> ready4 = new HashSet<>();
  private final Set<Integer> ready6 = new HashSet<>();
  private boolean begun;

  Translator(Consumer<Happening> to) {
    this.to = to;
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

  void event(LinkEvent event) {
    Telling telling = new Telling(event.stamp());
    switch (event) {
      case LinkEvent.Added added -> telling.changed(null, added.fact());
      case LinkEvent.Changed changed -> telling.changed(changed.before(), changed.fact());
      case LinkEvent.Removed removed -> telling.removed(removed.fact());
      case LinkEvent.SourceChanged _ -> {
        // How a backend is changes nothing of the network.
      }
    }
  }

  /** What one event makes happen. */
  private final class Telling {
    private final LinkEvent.Stamp stamp;

    Telling(LinkEvent.Stamp stamp) {
      this.stamp = stamp;
    }

    private void tell(Kind kind, Link link, String subject) {
      to.accept(
          new Happening(
              stamp.number(),
              stamp.time(),
              kind,
              stamp.source(),
              stamp.cause() == LinkEvent.Cause.INITIAL,
              link,
              subject));
    }

    private void changed(@Nullable Fact before, Fact now) {
      known.put(now);
      switch (now) {
        case Link link -> link(before instanceof Link old ? old : null, link);
        case Address address -> address(before instanceof Address old ? old : null, address);
        case Route route -> route(Kind.DEFAULT_ROUTE_ADDED, route);
        default -> {
          // Rules and neighbours have nobody who waits for them.
        }
      }
    }

    private void removed(Fact fact) {
      switch (fact) {
        case Link link -> {
          unready(link, ready4, Kind.UNREADY_IPV4);
          unready(link, ready6, Kind.UNREADY_IPV6);
          known.remove(link);
          tell(Kind.LINK_REMOVED, link, "");
        }
        case Address address -> {
          known.remove(address);
          Link link = known.link(address.link());
          if (link != null) {
            if (address.usable()) {
              tell(Kind.ADDRESS_REMOVED, link, address.prefix().toString());
            }
            settle(link);
          }
        }
        case Route route -> {
          known.remove(route);
          route(Kind.DEFAULT_ROUTE_REMOVED, route);
        }
        default -> {
          // As above.
        }
      }
    }

    private void link(@Nullable Link before, Link now) {
      if (before == null) {
        tell(Kind.LINK_ADDED, now, "");
        if (now.up()) {
          tell(Kind.LINK_UP, now, "");
          tell(now.carrier() ? Kind.CARRIER : Kind.NO_CARRIER, now, "");
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

    /** Whether it has become ready, or is it no more. */
    private void settle(Link link) {
      if (known.ready(link.index(), false)) {
        if (ready4.add(link.index())) {
          tell(Kind.READY_IPV4, link, "");
        }
      } else {
        unready(link, ready4, Kind.UNREADY_IPV4);
      }
      if (known.ready(link.index(), true)) {
        if (ready6.add(link.index())) {
          tell(Kind.READY_IPV6, link, "");
        }
      } else {
        unready(link, ready6, Kind.UNREADY_IPV6);
      }
    }

    private void unready(Link link, Set<Integer> ready, Kind kind) {
      if (ready.remove(link.index())) {
        tell(kind, link, "");
      }
    }
  }
}
