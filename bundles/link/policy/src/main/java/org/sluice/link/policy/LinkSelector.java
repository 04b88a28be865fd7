// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Locale;
import java.util.regex.Pattern;
import org.sluice.link.api.Link;
import org.sluice.link.api.NamePattern;

/** One word of a configuration that names links: a name, a pattern or a hardware address. */
record LinkSelector(String text, Kind kind) {
  private static final Pattern MAC =
      Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}([:-][0-9a-fA-F]{2}){0,14}");

  enum Kind {
    NAME,
    GLOB,
    MAC
  }

  /**
   * @throws IllegalArgumentException when it names nothing
   */
  static LinkSelector parse(String text) {
    if (text.isBlank() || !text.equals(text.strip())) {
      throw new IllegalArgumentException("\"" + text + "\" names no link");
    }
    if (MAC.matcher(text).matches()) {
      return new LinkSelector(text.toLowerCase(Locale.ROOT).replace('-', ':'), Kind.MAC);
    }
    boolean glob = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    return new LinkSelector(text, glob ? Kind.GLOB : Kind.NAME);
  }

  boolean matches(Link link) {
    return switch (kind) {
      case MAC -> link.mac().equals(text) || link.permanentMac().equals(text);
      case NAME -> link.name().equals(text) || link.alternativeNames().contains(text);
      case GLOB -> {
        NamePattern pattern = new NamePattern(text);
        yield pattern.matches(link.name())
            || link.alternativeNames().stream().anyMatch(pattern::matches);
      }
    };
  }

  /** Whether it means one link rather than all of a kind. */
  boolean exact() {
    return kind != Kind.GLOB;
  }
}
