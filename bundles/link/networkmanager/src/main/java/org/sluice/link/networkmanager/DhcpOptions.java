// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkName;

/**
 * What a DHCP server granted, as NetworkManager tells it: options by name, all of them texts.
 *
 * @param options as they came
 */
record DhcpOptions(VariantMap options) {
  private static final int MOST_OPTIONS = 128;

  /** A year that people live to see; beyond it there is a mistake. */
  private static final long LAST = Instant.parse("9999-01-01T00:00:00Z").getEpochSecond();

  /** Said by a lease in words of its own. */
  private static final Set<String> TOLD =
      Set.of(
          "ip_address",
          "subnet_mask",
          "routers",
          "domain_name",
          "domain_name_servers",
          "domain_search",
          "host_name",
          "interface_mtu",
          "dhcp_server_identifier",
          "expiry",
          "ip6_address",
          "ip6_prefixlen",
          "dhcp6_name_servers",
          "dhcp6_domain_search");

  private String text(String key) {
    return options.text(key).orElse("");
  }

  /** Null while no address is granted. */
  @Nullable Lease lease(int link, boolean six, ServiceTally tally) {
    IpPrefix address = six ? sixth() : fourth();
    if (address == null) {
      if (options.has(six ? "ip6_address" : "ip_address")) {
        tally.malformed();
      }
      return null;
    }
    List<String> domains = new ArrayList<>();
    if (!six) {
      Texts.words(text("domain_name")).forEach(name -> Texts.add(domains, Texts.domain(name)));
    }
    Texts.words(text(six ? "dhcp6_domain_search" : "domain_search"))
        .forEach(name -> Texts.add(domains, Texts.domain(name)));
    Instant expires = expires();
    long lasts = number("dhcp_lease_time");
    return new Lease(
        link,
        six,
        NetworkManagerSource.NAME,
        List.of(address),
        six ? List.of() : Texts.addresses(Texts.words(text("routers")), false, tally),
        Texts.addresses(
            Texts.words(text(six ? "dhcp6_name_servers" : "domain_name_servers")), six, tally),
        domains,
        LinkName.shown(text("host_name")),
        (int) Math.clamp(number("interface_mtu"), 0L, 0xffffL),
        Texts.address(text("dhcp_server_identifier")),
        expires == null || lasts <= 0 ? null : expires.minusSeconds(lasts),
        expires,
        others());
  }

  private @Nullable IpPrefix fourth() {
    IpAddress address = Texts.address(text("ip_address"));
    IpAddress mask = Texts.address(text("subnet_mask"));
    if (address == null || address.six() || mask == null || mask.six()) {
      return null;
    }
    int bits = java.nio.ByteBuffer.wrap(mask.bytes()).getInt();
    int length = Integer.numberOfLeadingZeros(~bits);
    return Integer.bitCount(bits) == length ? new IpPrefix(address, length) : null;
  }

  private @Nullable IpPrefix sixth() {
    IpAddress address = Texts.address(text("ip6_address"));
    if (address == null || !address.six()) {
      return null;
    }
    long length = options.has("ip6_prefixlen") ? number("ip6_prefixlen") : 128;
    return new IpPrefix(address, (int) Math.clamp(length < 1 ? 128 : length, 1L, 128L));
  }

  private @Nullable Instant expires() {
    long seconds = number("expiry");
    return seconds <= 0 || seconds > LAST ? null : Instant.ofEpochSecond(seconds);
  }

  /** 0 when it is none. */
  private long number(String key) {
    String text = text(key);
    boolean digits =
        !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : options.number(key).orElse(0);
  }

  /** Whatever else there is, without what the host asked for. */
  private SortedMap<String, String> others() {
    SortedMap<String, String> others = new TreeMap<>();
    for (String key : options.values().keySet()) {
      if (others.size() < MOST_OPTIONS && !TOLD.contains(key) && !key.startsWith("requested_")) {
        options
            .text(key)
            .ifPresent(value -> others.put(LinkName.shown(key), LinkName.shown(value)));
      }
    }
    return others;
  }
}
