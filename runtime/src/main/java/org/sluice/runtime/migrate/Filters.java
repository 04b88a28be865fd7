// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes one condition of the filters of netevd. There the first filter that matches decides, and
 * what no filter matches runs.
 */
final class Filters {
  /** No event is called so. */
  private static final String NEVER = "event == \"\"";

  private static final String ALWAYS = "";

  /** Each goes into the brackets of the one before, and hooks understand 50 of those. */
  private static final int MOST = 40;

  private static final Pattern CONDITION =
      Pattern.compile(
          "\\s*(?:TERM)(?:\\s*(?:&&|\\|\\|)\\s*(?:TERM))*\\s*"
              .replace(
                  "TERM",
                  "has_gateway|dns_count\\s*(?:[<>]=?|==)\\s*\\d{1,18}|interface\\s*==\\s*\"[^\"\\\\]*\""));

  private final Targets targets;

  /** The one backend that netevd listened to. */
  private final String backend;

  Filters(Targets targets, String backend) {
    this.targets = targets;
    this.backend = backend;
  }

  private record Filter(String action, String match) {}

  /** Empty when everything runs. */
  String condition(List<Section> sections) {
    List<Filter> filters = new ArrayList<>();
    for (Section section : sections) {
      section
          .texts("scripts")
          .ifPresent(
              scripts ->
                  targets.add(
                      Outcome.NONE,
                      scripts,
                      "netevd never ran them; put them into the folder of an event"));
      String action = section.text("action").map(Section.Found::value).orElse("execute");
      Optional<String> match = match(section.section("match_rule"));
      var found = new Section.Found<>(action, "filters", section.line());
      switch (action) {
        case "log" ->
            targets.add(Outcome.DONE, found, "a filter that logs: link:events and the log do");
        case "execute", "ignore" ->
            match.ifPresent(
                text -> {
                  filters.add(new Filter(action, text));
                  targets.add(
                      Outcome.DONE,
                      found,
                      action + (text.isEmpty() ? " everything" : " if " + text));
                });
        default ->
            targets.add(Outcome.LOOK, found, "\"" + action + "\" is no action; it is left out");
      }
    }
    if (filters.size() > MOST) {
      Section first = sections.getFirst();
      targets.add(
          Outcome.LOOK,
          new Section.Found<>(filters.size(), "filters", first.line()),
          "more than " + MOST + " cannot be one condition: all are left out");
      return ALWAYS;
    }
    String allowed = ALWAYS;
    for (Filter filter : filters.reversed()) {
      allowed =
          filter.action().equals("ignore")
              ? ignore(filter.match(), allowed)
              : execute(filter.match(), allowed);
    }
    return allowed;
  }

  private static String ignore(String match, String allowed) {
    if (match.isEmpty() || allowed.equals(NEVER)) {
      return NEVER;
    }
    String not = "!(" + match + ")";
    return allowed.isEmpty() ? not : not + " && (" + allowed + ")";
  }

  private static String execute(String match, String allowed) {
    if (match.isEmpty() || allowed.isEmpty()) {
      return ALWAYS;
    }
    return allowed.equals(NEVER) ? match : "(" + match + ") || (" + allowed + ")";
  }

  /** Empty text: everything matches. Nothing: the filter cannot be said in a condition. */
  private Optional<String> match(Optional<Section> rule) {
    if (rule.isEmpty()) {
      return Optional.of(ALWAYS);
    }
    List<String> terms = new ArrayList<>();
    List<Section.Found<String>> lost = new ArrayList<>();
    Section section = rule.get();
    section.text("interface").ifPresent(name -> equal(name, "interface", terms, lost));
    section
        .text("interface_pattern")
        .filter(pattern -> !pattern.value().equals("*"))
        .ifPresent(pattern -> equal(pattern, "interface", terms, lost));
    section.text("event_type").ifPresent(event -> equal(event, "event", terms, lost));
    section.text("ip_family").ifPresent(lost::add);
    section
        .text("backend")
        .filter(only -> !only.value().equals(backend))
        .ifPresent(_ -> terms.add(NEVER));
    section
        .text("condition")
        .filter(condition -> !condition.value().isBlank())
        .ifPresent(
            condition -> {
              if (CONDITION.matcher(condition.value()).matches()) {
                terms.add("(" + condition.value().strip() + ")");
              } else {
                lost.add(condition);
              }
            });
    lost.forEach(
        found ->
            targets.add(
                Outcome.LOOK,
                found,
                "\""
                    + found.value()
                    + "\" has no place in a condition of Sluice, so the filter is left out: see"
                    + " interfaces, events and family in docs/hooks.md"));
    return lost.isEmpty() ? Optional.of(String.join(" && ", terms)) : Optional.empty();
  }

  private static void equal(
      Section.Found<String> found,
      String name,
      List<String> terms,
      List<Section.Found<String>> lost) {
    if (found.value().matches("[^\"\\\\*?]+")) {
      terms.add(name + " == \"" + found.value() + "\"");
    } else if (!found.value().isEmpty()) {
      lost.add(found);
    }
  }
}
