// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
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

/**
 * An event in one line.
 *
 * @param subject what it is about
 * @param detail what changed
 */
record EventRow(
    long number,
    Instant time,
    String event,
    String source,
    String cause,
    String subject,
    String detail) {

  static EventRow of(LinkEvent event, Names names) {
    LinkEvent.Stamp stamp = event.stamp();
    return new EventRow(
        stamp.number(),
        stamp.time(),
        event.name(),
        stamp.source(),
        stamp.cause().name().toLowerCase(Locale.ROOT),
        subject(event, names),
        detail(event));
  }

  /** Stands where events are missing that nobody remembers. */
  static EventRow missed(LinkSnapshot picture, long missed) {
    return new EventRow(
        picture.number(),
        picture.time(),
        "missed",
        "table",
        "resync",
        missed == 0 ? "" : missed + " events",
        picture.links().size()
            + " links and "
            + picture.addresses().size()
            + " addresses are there now");
  }

  private static String subject(LinkEvent event, Names names) {
    return switch (event) {
      case LinkEvent.Added added -> subject(added.fact(), names);
      case LinkEvent.Changed changed -> subject(changed.fact(), names);
      case LinkEvent.Removed removed -> subject(removed.fact(), names);
      case LinkEvent.SourceChanged changed -> changed.state().name();
    };
  }

  private static String subject(Fact fact, Names names) {
    return switch (fact) {
      case Link link -> link.name();
      case Address address -> address.prefix() + " on " + names.of(address.link());
      case Route route ->
          route.destination()
              + route.hops().stream()
                  .map(hop -> " dev " + names.of(hop.link()))
                  .reduce("", String::concat);
      case Rule rule -> RuleRow.of(rule).text();
      case Neighbour neighbour -> neighbour.address() + " on " + names.of(neighbour.link());
      case Lease lease -> words(lease) + " on " + names.of(lease.link());
      case Management management ->
          management.link() == 0
              ? management.manager()
              : management.manager() + " on " + names.of(management.link());
    };
  }

  private static String detail(LinkEvent event) {
    return switch (event) {
      case LinkEvent.Changed(var stamp, Link before, Link now) -> differences(before, now);
      case LinkEvent.Changed(var stamp, Address before, Address now) ->
          flags(before.flags(), now.flags());
      case LinkEvent.Added(var stamp, Neighbour now) -> words(now);
      case LinkEvent.Changed(var stamp, Neighbour before, Neighbour now) ->
          words(before) + " → " + words(now);
      case LinkEvent.Changed(var stamp, Lease before, Lease now) ->
          now.grantsTheSameAs(before) ? "renewed" : words(before) + " → " + words(now);
      case LinkEvent.Added(var stamp, Management now) -> words(now);
      case LinkEvent.Changed(var stamp, Management before, Management now) ->
          words(before) + " → " + words(now);
      case LinkEvent.SourceChanged changed -> changed.state().text();
      default -> "";
    };
  }

  private static String words(Lease lease) {
    return lease.addresses().stream().map(IpPrefix::toString).collect(Collectors.joining(", "));
  }

  private static String words(Management management) {
    String setup = management.setup();
    return management.operational().isEmpty() ? setup : setup + " " + management.operational();
  }

  private static String words(Neighbour neighbour) {
    String state = neighbour.state().name().toLowerCase(Locale.ROOT);
    return neighbour.mac().isEmpty() ? state : state + " " + neighbour.mac();
  }

  private static String differences(Link before, Link now) {
    List<String> parts = new ArrayList<>();
    for (LinkAspect aspect : now.changesSince(before)) {
      parts.add(
          aspect == LinkAspect.FLAGS
              ? flags(before.flags(), now.flags())
              : aspect.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                  + " "
                  + value(before, aspect)
                  + " → "
                  + value(now, aspect));
    }
    return String.join(", ", parts);
  }

  private static <F extends Enum<F>> String flags(Set<F> before, Set<F> now) {
    List<String> parts = new ArrayList<>();
    now.stream().filter(f -> !before.contains(f)).forEach(f -> parts.add("+" + f));
    before.stream().filter(f -> !now.contains(f)).forEach(f -> parts.add("-" + f));
    return String.join(" ", parts);
  }

  private static Object value(Link link, LinkAspect aspect) {
    return switch (aspect) {
      case NAME -> link.name();
      case UP -> link.up() ? "yes" : "no";
      case CARRIER -> link.carrier() ? "yes" : "no";
      case STATE -> link.state();
      case MTU -> link.mtu();
      case MAC -> link.mac();
      case MASTER -> link.master();
      case PARENT -> link.parent();
      case ALTERNATIVE_NAMES -> link.alternativeNames();
      case FLAGS -> link.flags();
    };
  }
}
