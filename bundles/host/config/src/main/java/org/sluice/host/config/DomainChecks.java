// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.sluice.host.api.ConfigProblem.Severity.ERROR;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.sluice.host.api.ConfigCheck;
import org.sluice.host.api.ConfigProblem;
import org.sluice.json.JsonValue;
import org.sluice.json.Place;

/** Asks the domains what they know beyond single keys. */
final class DomainChecks implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Asking<ConfigCheck> asking;

  DomainChecks(BundleContext context) {
    this.asking = new Asking<>(context, ConfigCheck.class, "check");
  }

  /**
   * What they find.
   *
   * @param late whether one did not answer, which may do so later
   */
  record Findings(List<ConfigProblem> problems, boolean late) {}

  /** Asks all; one that throws or does not answer refuses. */
  Findings check(Map<Pid, Setting> settings) {
    boolean late = false;
    Map<String, Map<String, Object>> proposal = Setting.proposal(settings);
    List<ConfigProblem> problems = new ArrayList<>();
    for (var answer : asking.ask(c -> c.check(proposal)).within(PATIENCE)) {
      List<ConfigCheck.Finding> findings = answer.value();
      if (findings != null) {
        findings.forEach(f -> problems.add(problem(f, settings)));
      } else {
        late |= answer.late();
        String what =
            answer.late()
                ? "did not answer within " + PATIENCE.toSeconds() + " s"
                : "threw " + answer.thrown();
        problems.add(
            new ConfigProblem(
                ERROR,
                "configs/",
                0,
                0,
                "",
                "the check by " + answer.asked() + " " + what,
                "nothing is applied that a check could not judge; replace that bundle"));
      }
    }
    return new Findings(List.copyOf(problems), late);
  }

  private static ConfigProblem problem(ConfigCheck.Finding finding, Map<Pid, Setting> settings) {
    Pid pid = Pid.of(finding.pid());
    Setting setting = settings.get(pid);
    Place place = null;
    if (setting != null) {
      for (JsonValue.Member member : setting.written()) {
        if (member.name().equals(finding.key())) {
          place = place(member.value(), finding);
        }
      }
    }
    return new ConfigProblem(
        ERROR,
        pid.file(),
        place == null ? 0 : place.line(),
        place == null ? 0 : place.column(),
        finding.key(),
        finding.text(),
        finding.remedy());
  }

  /** Of the value, or of what is wrong in it. */
  private static Place place(JsonValue value, ConfigCheck.Finding finding) {
    JsonValue at =
        value instanceof JsonValue.Arr list
                && finding.item() >= 0
                && finding.item() < list.items().size()
            ? list.items().get(finding.item())
            : value;
    if (!(at instanceof JsonValue.Str text)
        || finding.character() < 0
        || finding.character() > text.value().length()) {
      return at.place();
    }
    // The quote before it, and the backslashes that a file needs before quotes and backslashes.
    int written =
        1
            + finding.character()
            + (int)
                text.value()
                    .substring(0, finding.character())
                    .chars()
                    .filter(c -> c == '"' || c == '\\')
                    .count();
    return new Place(at.place().line(), at.place().column() + written);
  }

  @Override
  public void close() {
    asking.close();
  }
}
