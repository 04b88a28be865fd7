// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.LinkName;

/**
 * What dhclient said last of a family of a link, as our hook wrote it down: {@code name=value},
 * each ended by a zero byte.
 *
 * @param grant null when it said nothing of one, or nothing that can be understood
 * @param at when it was written
 */
record HookRecord(Slot slot, Stand stand, @Nullable Grant grant, Instant at) {
  private static final int MOST = 200;
  private static final long FOR_EVER = 0xffff_ffffL;
  private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  /** What the script is told that is no option. */
  private static final Set<String> NO_OPTIONS =
      Set.of(
          "ip-address",
          "network-number",
          "expiry",
          "ip6-address",
          "ip6-prefixlen",
          "ip6-prefix",
          "life-starts",
          "max-life",
          "preferred-life");

  /** None when it cannot be understood; that is counted. */
  static Optional<HookRecord> read(byte[] file, Instant at, Tally tally) {
    Map<String, String> said = new HashMap<>();
    for (String pair : new String(file, StandardCharsets.ISO_8859_1).split("\0", MOST)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        said.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    String reason = said.getOrDefault("reason", "");
    boolean six = reason.endsWith("6");
    Optional<Stand> stand = Stand.of(six ? reason.substring(0, reason.length() - 1) : reason);
    byte[] link = said.getOrDefault("interface", "").getBytes(StandardCharsets.ISO_8859_1);
    if (stand.isEmpty() || link.length == 0) {
      tally.malformed("record of the hook with the reason " + Texts.printable(reason));
      return Optional.empty();
    }
    Grant grant = null;
    if (stand.get() == Stand.BOUND) {
      grant = six ? six(said, tally) : four(said, at, tally);
    }
    return Optional.of(
        new HookRecord(new Slot(LinkName.printable(link), six), stand.get(), grant, at));
  }

  private static Options options(boolean six, Map<String, String> said, Tally tally) {
    Map<String, String> options = new HashMap<>();
    said.forEach(
        (name, value) -> {
          String option = name.startsWith("new_") ? name.substring(4).replace('_', '-') : "";
          if (!option.isEmpty() && !NO_OPTIONS.contains(option)) {
            options.put(option, Texts.unescaped(value));
          }
        });
    return new Options(six, options, tally);
  }

  private static @Nullable Grant four(Map<String, String> said, Instant at, Tally tally) {
    IpAddress address = Texts.address(said.getOrDefault("new_ip_address", ""), false);
    if (address == null) {
      tally.malformed("record of the hook without an address");
      return null;
    }
    Options options = options(false, said, tally);
    return options.grant(
        List.of(new Grant.Term(options.prefix(address), false, end(said, options, at))), null);
  }

  private static @Nullable Instant end(Map<String, String> said, Options options, Instant at) {
    if (Texts.number(said.getOrDefault("new_dhcp_lease_time", "")) == FOR_EVER) {
      return null;
    }
    long expiry = Texts.number(said.getOrDefault("new_expiry", ""));
    if (expiry >= 0) {
      return Instant.ofEpochSecond(Math.min(expiry, LAST));
    }
    return options.duration() == 0 ? null : at.plusSeconds(options.duration());
  }

  /** It tells one address at a time; all of them stand in the lease file. */
  private static @Nullable Grant six(Map<String, String> said, Tally tally) {
    String delegated = said.getOrDefault("new_ip6_prefix", "");
    boolean fresh = said.containsKey("new_ip6_address") || !delegated.isEmpty();
    String which = fresh ? "new_" : "cur_";
    String address = said.getOrDefault(which + "ip6_address", "");
    long length = Texts.number(said.getOrDefault(which + "ip6_prefixlen", ""));
    IpPrefix prefix =
        LeaseBlocks.prefix(delegated.isEmpty() ? address : delegated, !delegated.isEmpty());
    long starts = Texts.number(said.getOrDefault(which + "life_starts", ""));
    long life = Texts.number(said.getOrDefault(which + "max_life", ""));
    if (prefix == null || starts < 0 || life < 0) {
      tally.malformed("record of the hook without an address of DHCPv6");
      return null;
    }
    if (delegated.isEmpty() && length > 0 && length <= 128) {
      prefix = new IpPrefix(prefix.address(), (int) length);
    }
    Instant began = Instant.ofEpochSecond(Math.min(starts, LAST));
    Instant end = life >= FOR_EVER ? null : began.plusSeconds(life);
    return options(true, said, tally)
        .grant(List.of(new Grant.Term(prefix, !delegated.isEmpty(), end)), began);
  }
}
