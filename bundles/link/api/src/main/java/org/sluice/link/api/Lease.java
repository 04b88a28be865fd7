// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a DHCP server granted a link, and until when. All texts come from that server: data, never a
 * part of a command line, a path or a pattern.
 *
 * @param link index of the link
 * @param six whether it is of DHCPv6
 * @param manager who asked for it: the name of the source
 * @param addresses with the lengths of their networks
 * @param gateways in the order of the server
 * @param nameServers in the order of the server
 * @param domains to search, the own one first; without the dot at the end
 * @param hostName what the server calls this host; empty when it does not
 * @param mtu in bytes; 0 when the server does not say
 * @param server who granted it; none when the source does not tell
 * @param renewed when the server confirmed it last; none when the source does not tell
 * @param expires none when it lasts for ever, or when the source does not tell
 * @param options whatever else the source tells, in its own words
 */
public record Lease(
    int link,
    boolean six,
    String manager,
    List<IpPrefix> addresses,
    List<IpAddress> gateways,
    List<IpAddress> nameServers,
    List<String> domains,
    String hostName,
    int mtu,
    @Nullable IpAddress server,
    @Nullable Instant renewed,
    @Nullable Instant expires,
    SortedMap<String, String> options)
    implements Fact {

  public Lease {
    addresses = List.copyOf(addresses);
    gateways = List.copyOf(gateways);
    nameServers = List.copyOf(nameServers);
    domains = List.copyOf(domains);
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** The identity of a lease: a link has at most one of each family by each manager. */
  public record Key(int link, boolean six, String manager) implements Fact.Key {
    @Override
    public Kind kind() {
      return Kind.LEASE;
    }
  }

  @Override
  public Key key() {
    return new Key(link, six, manager);
  }

  @Override
  public Kind kind() {
    return Kind.LEASE;
  }

  /**
   * Whether it grants the same as another. When it does, it is that one, renewed. Options are left
   * out: some of them tell the time.
   */
  public boolean grantsTheSameAs(Lease other) {
    return key().equals(other.key())
        && addresses.equals(other.addresses)
        && gateways.equals(other.gateways)
        && nameServers.equals(other.nameServers)
        && domains.equals(other.domains)
        && hostName.equals(other.hostName)
        && mtu == other.mtu;
  }
}
