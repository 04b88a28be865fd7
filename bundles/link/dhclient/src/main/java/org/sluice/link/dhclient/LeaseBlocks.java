// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.LinkName;

/** The leases in a lease file: of each link and family the last one, for dhclient appends. */
final class LeaseBlocks {
  private static final int MOST_LINKS = 1000;
  private static final int MOST_TERMS = 64;
  private static final long FOR_EVER = 0xffff_ffffL;

  /** The last second that a date can have without an overflow in what is reckoned with it. */
  private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  /** Of the time the day of the week is said first; times are of UTC. */
  private static final Pattern TIME =
      Pattern.compile(
          "[0-6] (\\d{4})/(\\d{1,2})/(\\d{1,2}) (\\d{1,2}):(\\d{1,2}):(\\d{1,2})( .*)?");

  private static final Pattern EPOCH = Pattern.compile("epoch (\\d{1,12})");

  private final Tally tally;
  private final Map<Slot, Grant> last = new LinkedHashMap<>();

  private LeaseBlocks(Tally tally) {
    this.tally = tally;
  }

  static Map<Slot, Grant> read(byte[] file, Tally tally) {
    LeaseBlocks blocks = new LeaseBlocks(tally);
    for (Statement statement : LeaseParser.parse(file)) {
      switch (statement.word(0)) {
        case "lease" -> blocks.take(statement, false);
        case "lease6" -> blocks.take(statement, true);
        default -> {
          // Such as default-duid.
        }
      }
    }
    return blocks.last;
  }

  private void take(Statement block, boolean six) {
    String link = "";
    Map<String, String> options = new HashMap<>();
    for (Statement line : block.body()) {
      if (line.word(0).equals("interface")) {
        link = LinkName.printable(line.word(1).getBytes(StandardCharsets.ISO_8859_1));
      } else if (line.word(0).equals("option")) {
        options.put(line.word(1).replace('.', '-'), line.rest(2));
      }
    }
    if (link.isEmpty()) {
      tally.malformed("lease without an interface");
      return;
    }
    Options read = new Options(six, options, tally);
    Grant grant = six ? six(block, read) : four(block, read);
    Slot slot = new Slot(link, six);
    if (grant != null && (last.size() < MOST_LINKS || last.containsKey(slot))) {
      last.put(slot, grant);
    }
  }

  private @Nullable Grant four(Statement block, Options options) {
    IpAddress address = null;
    Instant end = null;
    for (Statement line : block.body()) {
      switch (line.word(0)) {
        case "fixed-address" -> address = Texts.address(line.word(1), false);
        case "expire" -> {
          if (!line.word(1).equals("never")) {
            end = time(line.rest(1));
            if (end == null) {
              tally.malformed("lease that expires " + line.rest(1));
              return null;
            }
          }
        }
        default -> {
          // What else there is is no part of the picture.
        }
      }
    }
    if (address == null) {
      tally.malformed("lease without an address");
      return null;
    }
    return options.grant(List.of(new Grant.Term(options.prefix(address), false, end)), null);
  }

  private static @Nullable Instant time(String words) {
    Matcher epoch = EPOCH.matcher(words);
    if (epoch.matches()) {
      return Instant.ofEpochSecond(Math.min(Long.parseLong(epoch.group(1)), LAST));
    }
    Matcher time = TIME.matcher(words);
    if (!time.matches()) {
      return null;
    }
    int[] part = new int[6];
    for (int i = 0; i < part.length; i++) {
      part[i] = Integer.parseInt(time.group(i + 1));
    }
    try {
      return LocalDateTime.of(part[0], part[1], part[2], part[3], part[4], part[5])
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private Grant six(Statement block, Options options) {
    List<Grant.Term> terms = new ArrayList<>();
    Instant renewed = null;
    boolean released = false;
    for (Statement line : block.body()) {
      switch (line.word(0)) {
        case "released" -> released = true;
        case "ia-na", "ia-ta", "ia-pd" -> {
          Instant starts = seconds(line, "starts");
          renewed =
              starts != null && (renewed == null || starts.isAfter(renewed)) ? starts : renewed;
          association(line, terms);
        }
        default -> {
          // As above.
        }
      }
    }
    return options.grant(released ? List.of() : terms, renewed);
  }

  private void association(Statement association, List<Grant.Term> terms) {
    for (Statement line : association.body()) {
      boolean delegated = line.word(0).equals("iaprefix");
      if ((!delegated && !line.word(0).equals("iaaddr")) || terms.size() >= MOST_TERMS) {
        continue;
      }
      IpPrefix prefix = prefix(line.word(1), delegated);
      Instant starts = seconds(line, "starts");
      long life = number(line, "max-life");
      if (prefix == null || starts == null || life < 0) {
        tally.malformed("lease of DHCPv6 with " + line.rest(0));
        continue;
      }
      Instant end = life >= FOR_EVER ? null : starts.plusSeconds(life);
      terms.add(new Grant.Term(prefix, delegated, end));
    }
  }

  static @Nullable IpPrefix prefix(String text, boolean delegated) {
    int slash = text.indexOf('/');
    IpAddress address = Texts.address(slash < 0 ? text : text.substring(0, slash), true);
    long length = slash < 0 ? 128 : Texts.number(text.substring(slash + 1));
    return address == null || length < 0 || length > 128 || delegated != slash >= 0
        ? null
        : new IpPrefix(address, (int) length);
  }

  private static @Nullable Instant seconds(Statement in, String name) {
    long seconds = number(in, name);
    return seconds < 0 ? null : Instant.ofEpochSecond(Math.min(seconds, LAST));
  }

  private static long number(Statement in, String name) {
    return in.body().stream()
        .filter(line -> line.word(0).equals(name))
        .mapToLong(line -> Texts.number(line.word(1)))
        .findFirst()
        .orElse(-1);
  }
}
