// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Locale;
import java.util.regex.Pattern;
import org.sluice.link.api.Link;

/**
 * One word of a configuration that names links: a name, a pattern or a hardware address.
 *
 * @param pattern what names have to match; unused for a hardware address
 */
record LinkSelector(String text, Kind kind, Pattern pattern) {
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
      return new LinkSelector(
          text.toLowerCase(Locale.ROOT).replace('-', ':'), Kind.MAC, Pattern.compile(""));
    }
    boolean glob = text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    return new LinkSelector(text, glob ? Kind.GLOB : Kind.NAME, pattern(text));
  }

  private static Pattern pattern(String glob) {
    StringBuilder expression = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> expression.append(".*");
        case '?' -> expression.append('.');
        default -> expression.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(expression.toString(), Pattern.DOTALL);
  }

  boolean matches(Link link) {
    return switch (kind) {
      case MAC -> link.mac().equals(text) || link.permanentMac().equals(text);
      case NAME -> link.name().equals(text) || link.alternativeNames().contains(text);
      case GLOB ->
          pattern.matcher(link.name()).matches()
              || link.alternativeNames().stream().anyMatch(n -> pattern.matcher(n).matches());
    };
  }

  /** Whether it means one link rather than all of a kind. */
  boolean exact() {
    return kind != Kind.GLOB;
  }

  // A Pattern has no equality of its own; the text says all.
  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof LinkSelector that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
