// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import java.util.Set;
import org.sluice.link.api.IpPrefix;

/** Of what a hook or a web server wants to hear. What is left empty says nothing. */
record Filter(
    List<Glob> interfaces,
    Set<String> events,
    Set<String> families,
    Set<String> backends,
    Condition condition) {
  private static final String IPV4 = "ipv4";
  private static final String IPV6 = "ipv6";

  static final Filter ALL = new Filter(List.of(), Set.of(), Set.of(), Set.of(), Condition.NONE);

  static Filter of(
      String[] interfaces,
      String[] events,
      String[] families,
      String[] backends,
      String condition) {
    return new Filter(
        List.of(interfaces).stream().map(Glob::new).toList(),
        Set.of(distinct(events)),
        Set.of(distinct(families)),
        Set.of(distinct(backends)),
        Condition.parse(condition));
  }

  private static String[] distinct(String[] words) {
    return List.of(words).stream().distinct().toArray(String[]::new);
  }

  /** Whether it can be told already without a look at the circumstances that it does not match. */
  boolean excludes(Occasion occasion) {
    String name = occasion.link().name();
    return (!interfaces.isEmpty() && interfaces.stream().noneMatch(g -> g.matches(name)))
        || (!events.isEmpty()
            && !events.contains(occasion.event())
            && !events.contains(occasion.word()))
        || (!backends.isEmpty()
            && !backends.contains(occasion.source())
            && !backends.contains(EventNames.backend(occasion.source())))
        || !ofFamily(occasion);
  }

  boolean matches(Occasion occasion, Circumstances now) {
    return !excludes(occasion) && condition.holds(occasion, now);
  }

  /** What is about no family in particular passes. */
  private boolean ofFamily(Occasion occasion) {
    String family = family(occasion);
    return families.isEmpty() || family.isEmpty() || families.contains(family);
  }

  static String family(Occasion occasion) {
    if (occasion.word().endsWith(IPV4)) {
      return IPV4;
    }
    if (occasion.word().endsWith(IPV6)) {
      return IPV6;
    }
    String first = occasion.subject().split(" ", 2)[0];
    if (!first.contains("/")) {
      return "";
    }
    try {
      return IpPrefix.parse(first).address().six() ? IPV6 : IPV4;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** In one line, for people; empty when everything passes. */
  String words() {
    StringBuilder out = new StringBuilder();
    add(out, "interface", interfaces.stream().map(Glob::pattern).toList());
    add(out, "event", events.stream().sorted().toList());
    add(out, "family", families.stream().sorted().toList());
    add(out, "backend", backends.stream().sorted().toList());
    add(out, "if", condition.toString().isEmpty() ? List.of() : List.of(condition.toString()));
    return out.toString();
  }

  private static void add(StringBuilder out, String what, List<String> words) {
    if (!words.isEmpty()) {
      out.append(out.isEmpty() ? "" : ", ").append(what).append(' ');
      out.append(String.join("|", words));
    }
  }
}
