// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names come from DHCP servers, and one that is none would have all of a call refused. */
final class DomainName {
  private static final int LONGEST = 253;
  private static final int LONGEST_HOST = 64;
  private static final Pattern LABELS =
      Pattern.compile(
          "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  private DomainName() {}

  /** In small letters and without the dot at the end; empty for what is no name. */
  static Optional<String> domain(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return name.length() <= LONGEST && LABELS.matcher(name).matches()
        ? Optional.of(name)
        : Optional.empty();
  }

  /** One that the kernel has room for; {@code localhost} would name no host. */
  static Optional<String> host(String text) {
    return domain(text)
        .filter(name -> name.length() <= LONGEST_HOST)
        .filter(name -> !name.contains("_"))
        .filter(name -> !name.equals("localhost") && !name.startsWith("localhost."));
  }
}
