// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.sluice.ops.api.Health;

/**
 * All checks at one moment.
 *
 * @param status the worst of them
 */
record HealthReport(Health.Status status, Instant time, List<CheckResult> checks) {

  /** The worst first, then by name. */
  static HealthReport of(Instant time, List<CheckResult> checks) {
    List<CheckResult> sorted =
        checks.stream()
            .sorted(
                Comparator.comparing(CheckResult::status)
                    .reversed()
                    .thenComparing(CheckResult::name))
            .toList();
    return new HealthReport(
        sorted.isEmpty() ? Health.Status.OK : sorted.getFirst().status(), time, sorted);
  }

  HealthReport only(Predicate<CheckResult> which) {
    return of(time, checks.stream().filter(which).toList());
  }

  boolean well() {
    return status != Health.Status.CRITICAL;
  }

  /** One line: how many are ill. */
  String summary() {
    long ill = checks.stream().filter(c -> c.status() != Health.Status.OK).count();
    return ill == 0
        ? "%s: all %d checks are well".formatted(status, checks.size())
        : "%s: %d of %d checks are unwell".formatted(status, ill, checks.size());
  }

  /** For people. */
  String prose() {
    StringBuilder out = new StringBuilder(summary()).append('\n');
    int width = checks.stream().mapToInt(check -> check.name().length()).max().orElse(1);
    for (CheckResult check : checks) {
      String name = " ".repeat(width - check.name().length());
      out.append("%-8s  %s%s  ".formatted(check.status(), oneLine(check.name()), name));
      out.append(oneLine(check.text())).append(" (since ");
      out.append(check.since().truncatedTo(ChronoUnit.SECONDS)).append(")\n");
      if (!check.remedy().isEmpty()) {
        out.append(" ".repeat(width + 12)).append("what to do: ");
        out.append(oneLine(check.remedy())).append('\n');
      }
    }
    return out.toString();
  }

  /** A check's words must not look like the line of another check. */
  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
  }
}
