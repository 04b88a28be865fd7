// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.sluice.dbus.BusAddress;
import org.sluice.link.api.NamePattern;

/** The configuration, read. */
record Settings(
    List<NamePattern> links,
    List<NamePattern> hostNameLinks,
    Set<String> backends,
    Use domains,
    Duration interval,
    BusAddress bus) {

  /** What domains are for. */
  enum Use {
    SEARCH,
    ROUTE,
    NONE
  }

  static Settings of(NamesConfig config) {
    return new Settings(
        patterns(config.links()),
        patterns(config.hostNameLinks()),
        Set.copyOf(List.of(config.backends())),
        switch (config.domains()) {
          case "route" -> Use.ROUTE;
          case "none" -> Use.NONE;
          default -> Use.SEARCH;
        },
        Duration.ofSeconds(config.interval()),
        BusAddress.configured(config.systemBus()));
  }

  private static List<NamePattern> patterns(String[] texts) {
    return List.of(texts).stream().map(NamePattern::new).toList();
  }

  boolean hands(String link) {
    return links.stream().anyMatch(pattern -> pattern.matches(link));
  }

  boolean names(String link) {
    return hostNameLinks.stream().anyMatch(pattern -> pattern.matches(link));
  }

  /** Whether anything is to be handed over at all. */
  boolean asked() {
    return !backends.isEmpty() && (!links.isEmpty() || !hostNameLinks.isEmpty());
  }
}
