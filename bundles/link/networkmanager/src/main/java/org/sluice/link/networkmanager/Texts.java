// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkName;

/** Texts from outside, as they may be shown: of bounded length, without anything that acts. */
final class Texts {
  private static final int MOST_ITEMS = 1024;

  private Texts() {}

  /** A domain as people write it, without the dot at the end; {@code ~} marks no other domain. */
  static String domain(String raw) {
    String shown = LinkName.shown(raw.startsWith("~") ? raw.substring(1) : raw);
    return shown.length() > 1 && shown.endsWith(".")
        ? shown.substring(0, shown.length() - 1)
        : shown;
  }

  /** Null when the text is no address. */
  static @Nullable IpAddress address(String text) {
    try {
      return text.isEmpty() || text.length() > 45 ? null : IpAddress.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What stands between spaces. */
  static List<String> words(String text) {
    String stripped = text.strip();
    return stripped.isEmpty() ? List.of() : bounded(List.of(stripped.split("[\\s,]+")));
  }

  static <T> List<T> bounded(List<T> items) {
    return items.size() <= MOST_ITEMS ? items : items.subList(0, MOST_ITEMS);
  }

  /** Each once, in the order in which it came. */
  static <T> void add(List<T> to, T item) {
    if (!to.contains(item)) {
      to.add(item);
    }
  }

  /** The addresses of one family; what is none is counted. */
  static List<IpAddress> addresses(List<String> words, boolean six, ServiceTally tally) {
    List<IpAddress> addresses = new ArrayList<>();
    for (String word : words) {
      IpAddress address = address(word);
      if (address == null || address.six() != six) {
        tally.malformed();
      } else {
        add(addresses, address);
      }
    }
    return addresses;
  }
}
