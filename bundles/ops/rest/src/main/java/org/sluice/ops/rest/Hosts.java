// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which names in the {@code Host} header are good. A page of a stranger can make its own name point
 * at this machine and then read answers as its own ("DNS rebinding"); it cannot make the browser
 * send another name than its own.
 */
final class Hosts {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|.+\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");
  private static final Pattern HEADER =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s]+)(:\\d*)?");

  private final List<String> allowed;

  Hosts(String... allowed) {
    this.allowed = Arrays.stream(allowed).map(Hosts::plain).toList();
  }

  /**
   * @param header the value of the header, with or without port
   * @param local the address at which the request arrived
   */
  boolean good(@Nullable String header, String local) {
    if (header == null) {
      return false;
    }
    var parts = HEADER.matcher(header);
    if (!parts.matches()) {
      return false;
    }
    String name = plain(parts.group(1));
    return LOOPBACK.matcher(name).matches()
        || allowed.contains(name)
        || name.equals(local.toLowerCase(Locale.ROOT))
        || name.equals("[" + local.toLowerCase(Locale.ROOT) + "]");
  }

  /** A name in capitals, or with the dot of the root, is the same name. */
  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
