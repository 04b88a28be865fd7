// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.link.api.IpAddress;

/**
 * One family of one link.
 *
 * @param family empty when the link has no table
 * @param table 0 when the link has none
 * @param addresses from where packets leave by this link
 * @param gateway where they go next; {@code on-link} when there is no next stop, empty while it is
 *     not known
 * @param state {@code in force}, or what keeps it from being so
 * @param remedy what a person can do; empty when there is nothing to do
 */
record ShowRow(
    String link,
    String family,
    long table,
    List<String> addresses,
    String gateway,
    String policy,
    String state,
    String remedy) {

  static List<ShowRow> of(Report report) {
    List<ShowRow> rows = new ArrayList<>();
    for (Lane lane : report.lanes()) {
      rows.add(of(report, lane));
    }
    for (Conflict conflict : report.conflicts()) {
      if (report.lanes().stream().noneMatch(l -> l.link().name().equals(conflict.link()))) {
        rows.add(
            new ShowRow(
                conflict.link(), "", 0, List.of(), "", "", conflict.text(), conflict.remedy()));
      }
    }
    return rows;
  }

  private static ShowRow of(Report report, Lane lane) {
    Said said = said(report, lane);
    return new ShowRow(
        lane.link().name(),
        lane.six() ? "IPv6" : "IPv4",
        lane.table(),
        lane.sources().stream()
            .map(s -> s.length() == s.address().bits() ? s.address().toString() : s.toString())
            .toList(),
        lane.way().map(ShowRow::gateway).orElse(""),
        lane.spec().name(),
        said.state(),
        said.remedy());
  }

  private record Said(String state, String remedy) {}

  private static Said said(Report report, Lane lane) {
    if (!report.holding().isEmpty()) {
      return new Said(report.holding(), report.remedy());
    }
    List<Failure> failures =
        report.failures().entrySet().stream()
            .filter(
                entry ->
                    switch (entry.getKey()) {
                      case OwnedRoute route -> lane.routes().contains(route);
                      case OwnedRule rule -> lane.rules().contains(rule);
                    })
            .map(java.util.Map.Entry::getValue)
            .toList();
    if (!failures.isEmpty()) {
      String more = failures.size() == 1 ? "" : " (and " + (failures.size() - 1) + " more)";
      return new Said(failures.getFirst().text() + more, failures.getFirst().remedy());
    }
    if (!lane.lack().isEmpty()) {
      return new Said(lane.lack(), "");
    }
    Optional<Conflict> conflict =
        report.conflicts().stream().filter(c -> c.link().equals(lane.link().name())).findFirst();
    return conflict
        .map(c -> new Said("in force, but " + c.text(), c.remedy()))
        .orElse(new Said("in force", ""));
  }

  private static String gateway(KernelRoute.Hop hop) {
    IpAddress gateway = hop.gateway();
    return gateway == null ? "on-link" : gateway.toString();
  }
}
