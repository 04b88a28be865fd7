// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;

/**
 * One policy, as its file says.
 *
 * @param name what stands behind the {@code ~} in the name of the file
 * @param table 0 for an automatic one
 * @param priority 0 for the usual one
 * @param exclude addresses that are left alone
 * @param sources networks that leave by the link besides its addresses
 * @param bypass destinations that are left to the main table
 * @param onLink whether the table has the on-link networks
 * @param refuses whether packets are refused while there is no gateway
 */
record PolicySpec(
    String name,
    List<LinkSelector> links,
    long table,
    boolean ipv4,
    boolean ipv6,
    long priority,
    @Nullable IpAddress gateway4,
    @Nullable IpAddress gateway6,
    List<IpPrefix> exclude,
    List<IpPrefix> sources,
    List<IpPrefix> bypass,
    boolean onLink,
    boolean refuses) {
  static final String FACTORY = "org.sluice.link.policy.link";

  /**
   * @throws IllegalArgumentException when a value cannot be read
   */
  static PolicySpec of(String name, LinkPolicyConfig config) {
    return new PolicySpec(
        name,
        Arrays.stream(config.links()).map(LinkSelector::parse).toList(),
        config.table(),
        config.ipv4(),
        config.ipv6(),
        config.priority(),
        gateway(config.gateway4(), false),
        gateway(config.gateway6(), true),
        prefixes(config.exclude()),
        prefixes(config.sources()),
        prefixes(config.bypass()),
        config.onLink(),
        config.withoutGateway().equals("unreachable"));
  }

  /** What follows the {@code ~} in a PID. */
  static String name(String pid) {
    return pid.substring(pid.indexOf('~') + 1);
  }

  static @Nullable IpAddress gateway(String text, boolean six) {
    if (text.isEmpty()) {
      return null;
    }
    IpAddress address;
    try {
      address = IpAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + " is no IP address", e);
    }
    if (address.six() && !six) {
      throw new IllegalArgumentException(text + " is an IPv6 address");
    }
    if (!address.six() && six) {
      throw new IllegalArgumentException(text + " is an IPv4 address");
    }
    if (address.multicast() || address.loopback() || address.equals(IpAddress.any(six))) {
      throw new IllegalArgumentException(text + " cannot be a gateway");
    }
    return address;
  }

  private static List<IpPrefix> prefixes(String[] texts) {
    List<IpPrefix> all = new ArrayList<>();
    for (String text : texts) {
      all.add(prefix(text));
    }
    return List.copyOf(all);
  }

  static IpPrefix prefix(String text) {
    IpPrefix prefix;
    try {
      prefix = IpPrefix.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + " is no network such as 10.0.0.0/8", e);
    }
    if (!prefix.equals(prefix.network())) {
      throw new IllegalArgumentException(
          text + " has bits behind its length; did you mean " + prefix.network() + "?");
    }
    if (prefix.length() == 0) {
      throw new IllegalArgumentException(text + " is everything");
    }
    return prefix;
  }

  boolean handles(boolean six) {
    return six ? ipv6 : ipv4;
  }

  @Nullable IpAddress gateway(boolean six) {
    return six ? gateway6 : gateway4;
  }

  /** The selector that names the link best, if any does. */
  Optional<LinkSelector> selector(org.sluice.link.api.Link link) {
    Optional<LinkSelector> exact =
        links.stream().filter(LinkSelector::exact).filter(s -> s.matches(link)).findFirst();
    return exact.isPresent() ? exact : links.stream().filter(s -> s.matches(link)).findFirst();
  }

  boolean excludes(IpAddress address) {
    return exclude.stream().anyMatch(prefix -> prefix.contains(address));
  }

  String file() {
    return FACTORY + "~" + name + ".cfg.json";
  }
}
