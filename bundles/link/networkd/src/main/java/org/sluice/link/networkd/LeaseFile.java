// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkName;

/**
 * A DHCPv4 lease as networkd keeps it: lines of {@code KEY=value}. networkd calls the file private;
 * nothing else tells what a server granted, in any version. So it is read as if a stranger had
 * written it.
 *
 * @param written when networkd wrote it
 * @param values by key; shown as they are to people, so they are printable
 */
record LeaseFile(Instant written, SortedMap<String, String> values) {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_KEYS = 128;
  private static final int MOST_ITEMS = 64;
  private static final long FOR_EVER = 0xffff_ffffL;

  /** Said by a lease in words of its own. */
  private static final Set<String> TOLD =
      Set.of(
          "ADDRESS",
          "NETMASK",
          "ROUTER",
          "DNS",
          "DOMAINNAME",
          "DOMAIN_SEARCH_LIST",
          "HOSTNAME",
          "MTU",
          "SERVER_ADDRESS");

  /** Null when there is no such file. */
  static @Nullable LeaseFile read(Path file, ServiceTally tally) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    byte[] bytes;
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw new IOException(file + ": a lease of more than " + MOST_BYTES + " bytes");
    }
    return parse(written, new String(bytes, StandardCharsets.UTF_8), tally);
  }

  static LeaseFile parse(Instant written, String text, ServiceTally tally) {
    SortedMap<String, String> values = new TreeMap<>();
    for (String line : text.split("\n")) {
      int equals = line.indexOf('=');
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (equals <= 0 || !key(line.substring(0, equals)) || values.size() >= MOST_KEYS) {
        tally.malformed();
      } else {
        values.put(line.substring(0, equals), bare(line.substring(equals + 1).strip()));
      }
    }
    return new LeaseFile(written, values);
  }

  private static boolean key(String text) {
    return text.length() <= 64
        && text.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
  }

  /** Without the quotes that may stand around it. */
  private static String bare(String value) {
    char first = value.isEmpty() ? ' ' : value.charAt(0);
    return value.length() >= 2 && (first == '"' || first == '\'') && value.endsWith("" + first)
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** How long the lease lasts from when it was granted, in seconds; none when it never ends. */
  OptionalLong lifetime() {
    long seconds = number("LIFETIME", FOR_EVER);
    return seconds <= 0 || seconds >= FOR_EVER ? OptionalLong.empty() : OptionalLong.of(seconds);
  }

  /** Null when it grants no address. */
  @Nullable IpPrefix address(ServiceTally tally) {
    IpAddress address = ip(values.getOrDefault("ADDRESS", ""));
    int length = length(ip(values.getOrDefault("NETMASK", "")));
    if (address == null || length < 0) {
      tally.malformed();
      return null;
    }
    return new IpPrefix(address, length);
  }

  /** Null when it grants no address. */
  @Nullable Lease lease(
      int link, @Nullable Instant renewed, @Nullable Instant expires, ServiceTally tally) {
    IpPrefix address = address(tally);
    if (address == null) {
      return null;
    }
    Set<String> domains = new LinkedHashSet<>();
    words("DOMAINNAME").forEach(domain -> domains.add(Texts.domain(domain)));
    words("DOMAIN_SEARCH_LIST").forEach(domain -> domains.add(Texts.domain(domain)));
    SortedMap<String, String> others = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (!TOLD.contains(key)) {
            others.put(key, LinkName.shown(value));
          }
        });
    return new Lease(
        link,
        false,
        NetworkdSource.NAME,
        List.of(address),
        addresses("ROUTER", tally),
        addresses("DNS", tally),
        List.copyOf(domains),
        LinkName.shown(values.getOrDefault("HOSTNAME", "")),
        Math.clamp(number("MTU", 0), 0, 0xffff),
        ip(values.getOrDefault("SERVER_ADDRESS", "")),
        renewed,
        expires,
        others);
  }

  private List<String> words(String key) {
    String value = values.getOrDefault(key, "").strip();
    List<String> words = value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    return words.size() <= MOST_ITEMS ? words : words.subList(0, MOST_ITEMS);
  }

  private List<IpAddress> addresses(String key, ServiceTally tally) {
    List<IpAddress> some = new ArrayList<>();
    for (String word : words(key)) {
      IpAddress address = ip(word);
      if (address == null) {
        tally.malformed();
      } else if (!some.contains(address)) {
        some.add(address);
      }
    }
    return some;
  }

  private long number(String key, long otherwise) {
    String value = values.getOrDefault(key, "");
    if (value.isEmpty()
        || value.length() > 10
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return otherwise;
    }
    return Long.parseLong(value);
  }

  private static @Nullable IpAddress ip(String text) {
    try {
      IpAddress address = text.length() > 45 ? null : IpAddress.parse(text);
      return address == null || address.six() ? null : address;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** How many bits of a mask are set; -1 when it is none. */
  private static int length(@Nullable IpAddress mask) {
    if (mask == null) {
      return -1;
    }
    int bits = java.nio.ByteBuffer.wrap(mask.bytes()).getInt();
    int length = Integer.numberOfLeadingZeros(~bits);
    return Integer.bitCount(bits) == length ? length : -1;
  }
}
