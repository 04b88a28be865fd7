// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sluice.json.JsonWriter;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkFlag;

/**
 * An occasion and its circumstances, as hooks and web servers are told in JSON. Keys are added,
 * never renamed.
 *
 * @param event what the hook runs for
 * @param happening the word of what happened; the event may be another name, or the state it led to
 * @param subject what exactly: an address, a route, the former name
 * @param state what can be done with the link now
 * @param dns servers of names that leases or managers name for the link
 */
record Message(
    String schema,
    String event,
    String happening,
    long number,
    Instant time,
    String source,
    String backend,
    boolean initial,
    long suppressed,
    boolean test,
    String subject,
    String link,
    int index,
    String type,
    String mac,
    int mtu,
    boolean up,
    boolean carrier,
    List<LinkFlag> flags,
    String state,
    List<IpPrefix> addresses,
    String gateway,
    String gateway6,
    List<IpAddress> gateways,
    List<String> dns,
    List<String> domains,
    List<Granted> leases) {

  private static final String SCHEMA = "sluice.event.v1";

  /** A lease. The texts in it come from its server. */
  record Granted(
      boolean six,
      String manager,
      List<IpPrefix> addresses,
      List<IpAddress> gateways,
      List<IpAddress> nameServers,
      List<String> domains,
      String hostName,
      int mtu,
      SortedMap<String, String> options) {

    static Granted of(Lease lease) {
      return new Granted(
          lease.six(),
          lease.manager(),
          lease.addresses(),
          lease.gateways(),
          lease.nameServers(),
          lease.domains(),
          lease.hostName(),
          lease.mtu(),
          new TreeMap<>(lease.options()));
    }
  }

  static Message of(Occasion occasion, Circumstances now) {
    return new Message(
        SCHEMA,
        occasion.event(),
        occasion.word(),
        occasion.number(),
        occasion.time(),
        occasion.source(),
        EventNames.backend(occasion.source()),
        occasion.initial(),
        occasion.suppressed(),
        occasion.is(Occasion.Aspect.TEST),
        occasion.subject(),
        now.link().name(),
        now.link().index(),
        now.link().type(),
        now.link().mac(),
        now.link().mtu(),
        now.link().up(),
        now.link().carrier(),
        List.copyOf(now.link().flags()),
        now.state(),
        now.addresses(),
        now.gateway(false).map(IpAddress::toString).orElse(""),
        now.gateway(true).map(IpAddress::toString).orElse(""),
        now.gateways(),
        now.nameServers(),
        now.domains(),
        now.leases().stream().map(Granted::of).toList());
  }

  String json() {
    return JsonWriter.write(this);
  }
}
