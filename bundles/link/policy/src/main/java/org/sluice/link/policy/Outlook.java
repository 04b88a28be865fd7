// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.link.api.Rule;

/**
 * What should be, what is, and what is to be done about it, of one moment.
 *
 * @param tables of the links, by index
 */
record Outlook(
    Scene scene,
    TableBook book,
    Map<Integer, Long> tables,
    Desired desired,
    Actual actual,
    Plan plan) {

  /** Looks at the kernel and thinks; changes nothing. */
  static Outlook of(
      Scene scene, Collection<PolicySpec> specs, TableBook book, Settings settings, Routing routing)
      throws IOException {
    Claim.Outcome claimed = Claim.of(scene.links(), specs);
    Set<Long> used = tablesOfOthers(scene.rules(), settings.owner());
    TableBook.Assignment assigned;
    try {
      assigned =
          book.assign(
              claimed.claims(),
              settings.firstTable(),
              table -> !used.contains(table) && empty(routing, table, settings.owner()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    List<Integer> links = claimed.claims().stream().map(c -> c.link().index()).toList();
    Actual actual = routing.look(settings.owner(), links, assigned.tables().values());
    Desired desired = Desired.of(scene, claimed, assigned.tables(), settings, actual);
    return new Outlook(
        scene,
        assigned.book(),
        assigned.tables(),
        desired,
        actual,
        Plan.between(desired.all(), actual.owned()));
  }

  private static Set<Long> tablesOfOthers(List<Rule> rules, int owner) {
    Set<Long> tables = new HashSet<>();
    for (Rule rule : rules) {
      if (rule.protocol() != owner) {
        tables.add(rule.table());
      }
    }
    return tables;
  }

  private static boolean empty(Routing routing, long table, int owner) {
    try {
      return routing.inTable(table).stream().allMatch(route -> route.protocol() == owner);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
