// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.sluice.link.api.NamePattern;

/**
 * Why a filter can never let anything through: what one key asks for another rules out. Only what
 * is certain is found.
 *
 * @param key at fault
 * @param item of it; -1 for all of it
 */
record Contradiction(String key, int item, String text, String remedy) {
  /** The kernel has no room for more. */
  private static final int LONGEST_NAME = 15;

  /** What a manager or a DHCP client tells, and the kernel never does. */
  private static final Set<String> OF_MANAGERS =
      Set.of(
          EventNames.MANAGER_STATE,
          "lease-acquired",
          "lease-renewed",
          "lease-changed",
          "lease-lost");

  private static final Set<String> KERNEL = Set.of("kernel", "netlink");

  /**
   * All there are in one file.
   *
   * @param texts the items of a key
   */
  static List<Contradiction> in(Function<String, List<String>> texts) {
    List<Contradiction> all = new ArrayList<>();
    names("interfaces", texts.apply("interfaces"), all);
    names("exclude", texts.apply("exclude"), all);
    excluded(texts.apply("interfaces"), texts.apply("exclude"), all);
    Set<String> folders = folders(texts.apply("hooks"));
    List<String> events =
        texts.apply("events").stream().filter(EventNames.told()::contains).toList();
    Set<String> left = left(folders, events);
    if (!folders.isEmpty() && !events.isEmpty() && left.isEmpty()) {
      all.add(
          new Contradiction(
              "events",
              -1,
              "the hooks named here run for %s, never for %s"
                  .formatted(String.join(", ", folders), String.join(", ", events)),
              "leave events out: the folder says it already"));
    }
    family(texts.apply("family"), left, all);
    backends(texts.apply("backends"), left, all);
    return all;
  }

  private static void names(String key, List<String> globs, List<Contradiction> to) {
    for (int i = 0; i < globs.size(); i++) {
      String glob = globs.get(i);
      // A name that is not printable is longer when it is shown.
      boolean tooLong = !glob.contains("\\") && glob.replace("*", "").length() > LONGEST_NAME;
      if (glob.isEmpty() || tooLong || glob.contains("/") || glob.contains(" ")) {
        to.add(
            new Contradiction(
                key,
                i,
                "no interface can be called \"" + glob + "\"",
                "a name has 1 to " + LONGEST_NAME + " characters, and neither / nor blanks"));
      }
    }
  }

  private static void excluded(
      List<String> interfaces, List<String> exclude, List<Contradiction> to) {
    List<String> wanted = interfaces.isEmpty() ? List.of("*") : interfaces;
    if (!exclude.isEmpty()
        && wanted.stream().allMatch(w -> exclude.stream().anyMatch(e -> covers(e, w)))) {
      to.add(
          new Contradiction(
              "exclude",
              -1,
              interfaces.isEmpty()
                  ? "every interface is excluded"
                  : "every interface that is named in interfaces is excluded",
              "exclude fewer, or remove the file"));
    }
  }

  /** Whether every name that fits one pattern fits the other: a star stands for any text. */
  private static boolean covers(String wide, String narrow) {
    return new NamePattern(wide).matches(narrow) && !(narrow.contains("*") && wide.contains("?"));
  }

  /** The events whose folders the hooks lie in; empty when any may be among them. */
  private static Set<String> folders(List<String> hooks) {
    Set<String> folders = new TreeSet<>();
    for (String hook : hooks) {
      int end = hook.indexOf(".d/");
      String event = end < 0 ? "" : hook.substring(0, end);
      if (!EventNames.told().contains(event)) {
        return Set.of();
      }
      folders.add(event);
    }
    return folders;
  }

  /** The events that can pass; empty when nothing is said of them, or when none can. */
  private static Set<String> left(Set<String> folders, List<String> events) {
    if (folders.isEmpty()) {
      return new TreeSet<>(events);
    }
    Set<String> left = new TreeSet<>(folders);
    if (!events.isEmpty()) {
      left.removeIf(
          folder ->
              events.stream()
                  .noneMatch(
                      event -> event.equals(folder) || EventNames.origins(folder).contains(event)));
    }
    return left;
  }

  private static void family(List<String> families, Set<String> events, List<Contradiction> to) {
    if (!families.isEmpty()
        && !events.isEmpty()
        && events.stream()
            .map(Filter::familyOf)
            .noneMatch(family -> family.isEmpty() || families.contains(family))) {
      to.add(
          new Contradiction(
              "family",
              -1,
              "%s is never of the family %s"
                  .formatted(String.join(", ", events), String.join(", ", families)),
              "leave family out: the event says it already"));
    }
  }

  private static void backends(List<String> backends, Set<String> events, List<Contradiction> to) {
    if (!backends.isEmpty()
        && KERNEL.containsAll(backends)
        && !events.isEmpty()
        && events.stream().allMatch(e -> OF_MANAGERS.containsAll(EventNames.origins(e)))) {
      to.add(
          new Contradiction(
              "backends",
              -1,
              "the kernel never tells " + String.join(", ", events),
              "name networkd, networkmanager or dhclient, or leave backends out"));
    }
  }
}
