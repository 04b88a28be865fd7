// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import java.util.Set;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.NamePattern;

/** Of what a hook or a web server wants to hear. What is left empty says nothing. */
record Filter(
    List<NamePattern> interfaces,
    List<NamePattern> exclude,
    Set<String> events,
    Set<String> families,
    Set<String> backends,
    Condition condition) {
  private static final String IPV4 = "ipv4";
  private static final String IPV6 = "ipv6";

  static final Filter ALL =
      new Filter(List.of(), List.of(), Set.of(), Set.of(), Set.of(), Condition.NONE);

  /** What of a filter can hold an occasion back. */
  private enum Part {
    NOTHING,
    INTERFACES,
    EXCLUDE,
    EVENTS,
    BACKENDS,
    FAMILY,
    CONDITION
  }

  /**
   * What a filter makes of an occasion.
   *
   * @param words for people, naming the key that decided
   */
  record Verdict(boolean passes, String words) {}

  static Filter of(
      String[] interfaces,
      String[] exclude,
      String[] events,
      String[] families,
      String[] backends,
      String condition) {
    return new Filter(
        List.of(interfaces).stream().map(NamePattern::new).toList(),
        List.of(exclude).stream().map(NamePattern::new).toList(),
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
    return obstacle(occasion) != Part.NOTHING;
  }

  private Part obstacle(Occasion occasion) {
    String name = occasion.link().name();
    if (!interfaces.isEmpty() && interfaces.stream().noneMatch(g -> g.matches(name))) {
      return Part.INTERFACES;
    }
    if (exclude.stream().anyMatch(g -> g.matches(name))) {
      return Part.EXCLUDE;
    }
    if (!events.isEmpty()
        && !events.contains(occasion.event())
        && !events.contains(occasion.word())) {
      return Part.EVENTS;
    }
    // Nobody told of a trial.
    if (!backends.isEmpty()
        && !occasion.is(Occasion.Aspect.TEST)
        && !backends.contains(occasion.source())
        && !backends.contains(EventNames.backend(occasion.source()))) {
      return Part.BACKENDS;
    }
    return ofFamily(occasion) ? Part.NOTHING : Part.FAMILY;
  }

  boolean matches(Occasion occasion, Circumstances now) {
    return !excludes(occasion) && condition.holds(occasion, now);
  }

  /** The same as {@link #matches}, for people. */
  Verdict verdict(Occasion occasion, Circumstances now) {
    Part part = obstacle(occasion);
    if (part == Part.NOTHING && !condition.holds(occasion, now)) {
      part = Part.CONDITION;
    }
    String name = occasion.link().name();
    String why =
        switch (part) {
          case NOTHING -> "";
          case INTERFACES -> "interfaces: " + name + " is not " + globs(interfaces);
          case EXCLUDE -> "exclude: " + name + " is " + globs(exclude);
          case EVENTS -> "events: " + occasion.event() + " is not " + sorted(events);
          case BACKENDS ->
              "backends: " + EventNames.backend(occasion.source()) + " is not " + sorted(backends);
          case FAMILY -> "family: " + family(occasion) + " is not " + sorted(families);
          case CONDITION -> "condition: does not hold: " + condition;
        };
    if (part != Part.NOTHING) {
      return new Verdict(false, "held back by " + why);
    }
    String all = words();
    return new Verdict(true, all.isEmpty() ? "none" : "let through by " + all);
  }

  private static String globs(List<NamePattern> globs) {
    return String.join("|", globs.stream().map(NamePattern::pattern).toList());
  }

  private static String sorted(Set<String> words) {
    return String.join("|", words.stream().sorted().toList());
  }

  /** What is about no family in particular passes. */
  private boolean ofFamily(Occasion occasion) {
    String family = family(occasion);
    return families.isEmpty() || family.isEmpty() || families.contains(family);
  }

  /** The family that the word of a happening names; empty when it names none. */
  static String familyOf(String word) {
    return word.endsWith(IPV4) ? IPV4 : word.endsWith(IPV6) ? IPV6 : "";
  }

  private static String family(Occasion occasion) {
    String named = familyOf(occasion.is(Occasion.Aspect.TEST) ? occasion.event() : occasion.word());
    if (!named.isEmpty()) {
      return named;
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
    add(out, "interface", interfaces.stream().map(NamePattern::pattern).toList());
    add(out, "not", exclude.stream().map(NamePattern::pattern).toList());
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
