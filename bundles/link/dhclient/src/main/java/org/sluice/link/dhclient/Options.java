// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;

/**
 * The options of one lease, by their names with hyphens, each a text with spaces between its parts:
 * so the hook and the lease file come to the same. What cannot be what it should is left out and
 * counted, and stands among the other options as a text.
 */
final class Options {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final int MOST = 64;
  private static final int MOST_PARTS = 32;
  private static final int SMALLEST_MTU = 68;
  private static final int LARGEST_MTU = 65535;
  private static final long FOR_EVER = 0xffff_ffffL;
  private static final String CLASSLESS_ROUTES = "rfc3442-classless-static-routes";

  private final boolean six;
  private final Map<String, String> values;
  private final Tally tally;

  /** What stands in a field of the lease, and not among the other options. */
  private final TreeSet<String> told = new TreeSet<>();

  Options(boolean six, Map<String, String> values, Tally tally) {
    this.six = six;
    this.values = values;
    this.tally = tally;
  }

  /**
   * @param renewed when the server confirmed it; null to be worked out of the end and the duration
   */
  Grant grant(List<Grant.Term> terms, @Nullable Instant renewed) {
    List<IpAddress> gateways = gateways();
    List<IpAddress> nameServers = addresses(six ? "dhcp6-name-servers" : "domain-name-servers");
    List<String> domains = domains();
    String hostName = hostName();
    int mtu = mtu();
    IpAddress server = server();
    return new Grant(
        terms,
        gateways,
        nameServers,
        domains,
        hostName,
        mtu,
        server,
        renewed == null ? confirmed(terms) : renewed,
        rest());
  }

  /** The address with the length of its network, as an IPv4 server tells it. */
  IpPrefix prefix(IpAddress address) {
    IpAddress mask = Texts.address(value("subnet-mask"), false);
    if (mask == null) {
      return new IpPrefix(address, address.bits());
    }
    told.add("subnet-mask");
    int bits = java.nio.ByteBuffer.wrap(mask.bytes()).getInt();
    int length = Integer.numberOfLeadingZeros(~bits);
    if (Integer.bitCount(bits) != length) {
      tally.malformed("subnet mask " + mask);
      return new IpPrefix(address, address.bits());
    }
    return new IpPrefix(address, length);
  }

  private String value(String name) {
    return values.getOrDefault(name, "").strip();
  }

  private List<String> parts(String name) {
    String value = value(name);
    if (value.isEmpty()) {
      return List.of();
    }
    List<String> parts = List.of(value.split("\\s+"));
    return parts.subList(0, Math.min(parts.size(), MOST_PARTS));
  }

  private List<IpAddress> addresses(String name) {
    List<IpAddress> addresses = new ArrayList<>();
    boolean whole = true;
    for (String part : parts(name)) {
      IpAddress address = Texts.address(part, six);
      if (address == null) {
        tally.malformed("option " + name);
        whole = false;
      } else if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
    mark(name, whole);
    return addresses;
  }

  private void mark(String name, boolean whole) {
    if (whole) {
      told.add(name);
    }
  }

  /** A server that tells routes without classes means these, and not its routers (RFC 3442). */
  private List<IpAddress> gateways() {
    if (six) {
      return List.of();
    }
    List<IpAddress> routers = addresses("routers");
    List<Integer> bytes = new ArrayList<>();
    for (String part : List.of(value(CLASSLESS_ROUTES).split("\\s+"))) {
      long number = Texts.number(part);
      if (number < 0 || number > 255) {
        return routers;
      }
      bytes.add((int) number);
    }
    List<IpAddress> gateways = new ArrayList<>();
    for (int i = 0; i < bytes.size(); ) {
      int length = bytes.get(i);
      int gateway = i + 1 + (length + 7) / 8;
      if (length > 32 || gateway + 4 > bytes.size()) {
        tally.malformed("option " + CLASSLESS_ROUTES);
        return routers;
      }
      if (length == 0) {
        byte[] four = new byte[4];
        for (int b = 0; b < 4; b++) {
          four[b] = (byte) (int) bytes.get(gateway + b);
        }
        gateways.add(IpAddress.of(four));
      }
      i = gateway + 4;
    }
    return gateways;
  }

  private List<String> domains() {
    List<String> domains = new ArrayList<>();
    List<String> options =
        six ? List.of("dhcp6-domain-search") : List.of("domain-name", "domain-search");
    for (String option : options) {
      boolean whole = true;
      for (String part : parts(option)) {
        String domain = Texts.name(part);
        if (domain == null) {
          tally.malformed("option " + option);
          whole = false;
        } else if (!domains.contains(domain)) {
          domains.add(domain);
        }
      }
      mark(option, whole);
    }
    return domains;
  }

  private String hostName() {
    String value = value("host-name");
    if (value.isEmpty()) {
      return "";
    }
    String name = Texts.name(value);
    if (name == null) {
      tally.malformed("option host-name");
      return "";
    }
    told.add("host-name");
    return name;
  }

  private int mtu() {
    String value = value("interface-mtu");
    long mtu = Texts.number(value);
    if (mtu < SMALLEST_MTU || mtu > LARGEST_MTU) {
      if (!value.isEmpty()) {
        tally.malformed("option interface-mtu");
      }
      return 0;
    }
    told.add("interface-mtu");
    return (int) mtu;
  }

  private @Nullable IpAddress server() {
    IpAddress server = Texts.address(value("dhcp-server-identifier"), false);
    if (server != null) {
      told.add("dhcp-server-identifier");
    }
    return server;
  }

  private @Nullable Instant confirmed(List<Grant.Term> terms) {
    long seconds = duration();
    Instant end = terms.isEmpty() ? null : terms.getFirst().expires();
    return seconds <= 0 || end == null ? null : end.minusSeconds(seconds);
  }

  /** In seconds; 0 when it is not told, or without end. */
  long duration() {
    long seconds = Texts.number(value("dhcp-lease-time"));
    return seconds > 0 && seconds < FOR_EVER ? seconds : 0;
  }

  private SortedMap<String, String> rest() {
    SortedMap<String, String> rest = new TreeMap<>();
    for (Map.Entry<String, String> option : new TreeMap<>(values).entrySet()) {
      String name = option.getKey();
      if (NAME.matcher(name).matches()
          && !told.contains(name)
          && !option.getValue().isEmpty()
          && rest.size() < MOST) {
        rest.put(name, Texts.printable(option.getValue()));
      }
    }
    return rest;
  }
}
