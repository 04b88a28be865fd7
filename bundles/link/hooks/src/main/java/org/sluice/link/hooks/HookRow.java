// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Detail;

/**
 * A hook in one line.
 *
 * @param event whose folder it lies in; empty when it hears of all
 * @param runs whether it would run, or why not
 * @param filter when it runs; empty for always
 * @param last how it went the last time; empty when it did not run yet
 */
record HookRow(
    String hook,
    String event,
    String style,
    String user,
    String runs,
    String filter,
    String last,
    @Detail List<String> capabilities,
    @Detail long timeoutSeconds,
    @Detail String rule,
    @Detail @Nullable Instant lastRun) {

  static List<HookRow> of(Hooks hooks) {
    Map<String, Journal.Count> counts =
        hooks.journal().counts().stream()
            .collect(Collectors.toMap(Journal.Count::hook, count -> count));
    return hooks.plans().stream().map(plan -> of(plan, counts.get(plan.hook().name()))).toList();
  }

  private static HookRow of(Plan plan, Journal.@Nullable Count count) {
    Rule rule = plan.rule();
    return new HookRow(
        plan.hook().name(),
        Hooks.event(plan),
        plan.hook().tree().style().word(),
        plan.terms().account().name(),
        plan.standing().runs() ? "yes" : "no: " + plan.standing().problem(),
        rule.filter().words(),
        count == null ? "" : words(count.last()),
        plan.terms().capabilities().stream().map(Enum::name).sorted().toList(),
        plan.terms().timeout().toSeconds(),
        rule.name(),
        count == null ? null : count.last().time());
  }

  private static String words(Run run) {
    String outcome = run.outcome().name().toLowerCase(Locale.ROOT);
    return run.outcome() == Run.Outcome.FAILED ? outcome + " " + run.exit() : outcome;
  }
}
