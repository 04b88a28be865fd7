// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.sluice.link.api.Happening;

/**
 * Which names of events there are besides the words of happenings, and what they stand for. The
 * names are those of netevd, so that its folders of hooks go on to work.
 */
final class EventNames {
  /** Every happening runs the hooks of this one too. */
  static final String ANY = "any";

  /** What a manager of the network says of the host as a whole. */
  static final String MANAGER = "manager";

  static final String MANAGER_STATE = Happening.Kind.MANAGER_STATE.word();

  private static final Map<String, String> ALIASES =
      Map.of(
          Happening.Kind.MTU_CHANGED.word(), "mtu",
          Happening.Kind.DEFAULT_ROUTE_ADDED.word(), "routes",
          Happening.Kind.DEFAULT_ROUTE_REMOVED.word(), "routes");

  /** Of the link, as far as the picture tells; see {@link OperationalState}. */
  private static final Set<String> STATES =
      Set.of(
          "off",
          "dormant",
          "no-carrier",
          "enslaved",
          "carrier",
          "degraded",
          OperationalState.ROUTABLE,
          OperationalState.MISSING);

  /** Of the link, in the word of its manager: of networkd, then of NetworkManager. */
  private static final Set<String> SETUPS =
      Set.of(
          "pending",
          "initialized",
          "configuring",
          "configured",
          "unmanaged",
          "failed",
          "linger",
          "unavailable",
          "disconnected",
          "prepare",
          "config",
          "need-auth",
          "ip-config",
          "ip-check",
          "secondaries",
          "activated",
          "deactivating");

  private static final Map<String, String> BACKENDS =
      Map.of(
          "kernel", "netlink", "networkd", "systemd-networkd", "networkmanager", "NetworkManager");

  private EventNames() {}

  /** The other name of a happening; empty when there is none. */
  static String alias(String word) {
    return ALIASES.getOrDefault(word, "");
  }

  /**
   * How a manager says that a link is set up; empty for a word that no folder is called after.
   *
   * @param word of the manager
   */
  static String setup(String word) {
    String setup = word.replace('_', '-');
    return SETUPS.contains(setup) ? setup : "";
  }

  /** What netevd calls a source. */
  static String backend(String source) {
    return BACKENDS.getOrDefault(source, source);
  }

  /** The words of all happenings. */
  static Set<String> words() {
    return Stream.of(Happening.Kind.values())
        .map(Happening.Kind::word)
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  /** Every name an event can be told by: {@code any} is a folder only. */
  static Set<String> told() {
    Set<String> all = all();
    all.remove(ANY);
    return java.util.Collections.unmodifiableSet(all);
  }

  /**
   * The words of happenings that an event can follow from, as far as its name tells.
   *
   * @param event one of {@link #told}
   */
  static Set<String> origins(String event) {
    if (SETUPS.contains(event) || event.equals(MANAGER)) {
      return Set.of(MANAGER_STATE);
    }
    if (STATES.contains(event)) {
      return words();
    }
    Set<String> kinds =
        ALIASES.entrySet().stream()
            .filter(alias -> alias.getValue().equals(event))
            .map(Map.Entry::getKey)
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
    return kinds.isEmpty() ? Set.of(event) : kinds;
  }

  /** Every name a folder of hooks can have. */
  static Set<String> all() {
    TreeSet<String> all = new TreeSet<>();
    Stream.of(Happening.Kind.values()).map(Happening.Kind::word).forEach(all::add);
    all.addAll(ALIASES.values());
    all.addAll(STATES);
    all.addAll(SETUPS);
    all.add(ANY);
    all.add(MANAGER);
    return all;
  }

  static Set<String> states() {
    return STATES;
  }

  static Set<String> setups() {
    return SETUPS;
  }
}
