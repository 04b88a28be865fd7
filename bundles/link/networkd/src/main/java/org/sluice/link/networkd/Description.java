// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.LinkName;

/**
 * What {@code Describe} tells of a link. Read leniently: keys come and go with versions of
 * networkd; what makes no sense is counted and left out.
 *
 * @param profile the file by which the link is configured; empty for none
 * @param nameServers whoever told them
 * @param domains to be searched or asked for, whoever told them
 * @param granted by DHCP servers of either family
 */
record Description(
    int index,
    States states,
    String profile,
    List<Told<IpAddress>> nameServers,
    List<Told<String>> domains,
    List<Granted> granted) {
  static final String FOUR = "DHCPv4";
  static final String SIX = "DHCPv6";

  /** A list that is longer is no list of anybody's name servers. */
  private static final int MOST = 1024;

  Description {
    nameServers = List.copyOf(nameServers);
    domains = List.copyOf(domains);
    granted = List.copyOf(granted);
  }

  /**
   * Something and who told it.
   *
   * @param by {@code static}, {@code DHCPv4}, {@code NDisc}
   */
  record Told<T>(T what, String by) {}

  /**
   * An address that a DHCP server granted.
   *
   * @param by {@link #FOUR} or {@link #SIX}
   * @param server none when it is not told
   * @param until microseconds after the host was started; none for ever, or when it is not told
   */
  record Granted(IpPrefix address, String by, @Nullable IpAddress server, OptionalLong until) {}

  /** Of one link; null when the text describes none. */
  static @Nullable Description ofLink(String json, ServiceTally tally) throws JsonException {
    return of(JsonReader.read(json), tally);
  }

  /** Of all links. */
  static List<Description> ofManager(String json, ServiceTally tally) throws JsonException {
    List<Description> all = new ArrayList<>();
    for (JsonValue link : list(member(JsonReader.read(json), "Interfaces"))) {
      Description one = of(link, tally);
      if (one != null) {
        all.add(one);
      }
    }
    return all;
  }

  private static @Nullable Description of(JsonValue link, ServiceTally tally) {
    long index = whole(member(link, "Index")).orElse(0);
    if (index <= 0 || index > Integer.MAX_VALUE) {
      tally.malformed();
      return null;
    }
    List<Told<IpAddress>> servers = new ArrayList<>();
    for (JsonValue server : list(member(link, "DNS"))) {
      IpAddress address = address(member(server, "Address"));
      if (address == null) {
        tally.malformed();
      } else {
        servers.add(new Told<>(address, text(member(server, "ConfigSource"))));
      }
    }
    List<Told<String>> domains = new ArrayList<>();
    for (String key : List.of("SearchDomains", "RouteDomains")) {
      for (JsonValue domain : list(member(link, key))) {
        String name = text(member(domain, "Domain"));
        if (name.isEmpty()) {
          tally.malformed();
        } else {
          domains.add(new Told<>(Texts.domain(name), text(member(domain, "ConfigSource"))));
        }
      }
    }
    List<Granted> granted = new ArrayList<>();
    for (JsonValue address : list(member(link, "Addresses"))) {
      String by = text(member(address, "ConfigSource"));
      if (by.equals(FOUR) || by.equals(SIX)) {
        Granted one = granted(address, by);
        if (one == null) {
          tally.malformed();
        } else {
          granted.add(one);
        }
      }
    }
    return new Description(
        (int) index,
        States.NONE.with(key -> text(member(link, key)), tally),
        LinkName.shown(text(member(link, "NetworkFile"))),
        servers,
        domains,
        granted);
  }

  private static @Nullable Granted granted(JsonValue from, String by) {
    IpAddress address = address(member(from, "Address"));
    long length = whole(member(from, "PrefixLength")).orElse(-1);
    if (address == null
        || address.six() != by.equals(SIX)
        || length < 0
        || length > address.bits()) {
      return null;
    }
    return new Granted(
        new IpPrefix(address, (int) length),
        by,
        address(member(from, "ConfigProvider")),
        whole(member(from, "ValidLifetimeUsec")));
  }

  /** What was told by one of them, each once. */
  static <T> List<T> toldBy(String by, List<Told<T>> all) {
    LinkedHashSet<T> some = new LinkedHashSet<>();
    all.stream().filter(told -> told.by().equals(by)).forEach(told -> some.add(told.what()));
    return List.copyOf(some);
  }

  /** What was told by anybody, each once. */
  static <T> List<T> told(List<Told<T>> all) {
    LinkedHashSet<T> each = new LinkedHashSet<>();
    all.forEach(told -> each.add(told.what()));
    return List.copyOf(each);
  }

  private static @Nullable JsonValue member(@Nullable JsonValue of, String name) {
    return of instanceof JsonValue.Obj object ? object.get(name) : null;
  }

  private static List<JsonValue> list(@Nullable JsonValue value) {
    List<JsonValue> items = value instanceof JsonValue.Arr array ? array.items() : List.of();
    return items.size() <= MOST || isObjectOfHost(items) ? items : items.subList(0, MOST);
  }

  /** A host may have more links than a link has anything else. */
  private static boolean isObjectOfHost(List<JsonValue> items) {
    return items.getFirst() instanceof JsonValue.Obj first && first.get("Index") != null;
  }

  private static String text(@Nullable JsonValue value) {
    return value instanceof JsonValue.Str text ? text.value() : "";
  }

  private static OptionalLong whole(@Nullable JsonValue value) {
    if (value instanceof JsonValue.Num number) {
      try {
        BigDecimal exact = number.value();
        return OptionalLong.of(exact.longValueExact());
      } catch (ArithmeticException e) {
        // No whole number, or one that says "for ever".
        return OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private static @Nullable IpAddress address(@Nullable JsonValue value) {
    List<JsonValue> items = list(value);
    if (items.size() != 4 && items.size() != 16) {
      return null;
    }
    byte[] bytes = new byte[items.size()];
    for (int i = 0; i < bytes.length; i++) {
      long one = whole(items.get(i)).orElse(-1);
      if (one < 0 || one > 255) {
        return null;
      }
      bytes[i] = (byte) one;
    }
    return IpAddress.of(bytes);
  }
}
