// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import java.util.Set;
import org.sluice.link.api.NamePattern;
import org.sluice.sys.Capability;

/**
 * What is said of some hooks in particular.
 *
 * @param name of its file
 * @param timeout in seconds; 0 for that of all hooks
 * @param rate per minute; 0 for no limit of its own
 */
record Rule(
    String name,
    List<NamePattern> hooks,
    String user,
    Set<Capability> capabilities,
    int timeout,
    int rate,
    Filter filter) {

  static final Rule NONE = new Rule("", List.of(), "", Set.of(), 0, 0, Filter.ALL);

  static Rule of(String name, HookConfig config) {
    return new Rule(
        name,
        List.of(config.hooks()).stream().map(NamePattern::new).toList(),
        config.user(),
        capabilities(config.capabilities()),
        config.timeout(),
        config.rate(),
        Filter.of(
            config.interfaces(),
            config.exclude(),
            config.events(),
            config.family(),
            config.backends(),
            config.condition()));
  }

  /**
   * Finds capabilities by name.
   *
   * @throws IllegalArgumentException for one that is none
   */
  static Set<Capability> capabilities(String[] names) {
    return List.of(names).stream()
        .map(name -> name.toUpperCase(java.util.Locale.ROOT))
        .map(name -> Capability.valueOf(name.startsWith("CAP_") ? name : "CAP_" + name))
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  boolean covers(String hook) {
    return hooks.stream().anyMatch(glob -> glob.matches(hook));
  }
}
