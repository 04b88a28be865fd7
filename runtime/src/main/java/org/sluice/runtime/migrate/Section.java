// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A part of a file that is read key by key. What was not asked for in the end is unknown, and told;
 * so is what is not of the kind that was asked for.
 */
final class Section {
  private final Path file;
  private final String prefix;
  private final Map<String, Setting> all;
  private final int line;
  private final Report report;
  private final Set<String> asked = new HashSet<>();
  private final List<Section> inner = new ArrayList<>();

  Section(Path file, String prefix, Setting.Group group, Report report) {
    this.file = file;
    this.prefix = prefix;
    this.all = group.all();
    this.line = group.line();
    this.report = report;
  }

  /** A value and where it stands. */
  record Found<T>(T value, String key, int line) {}

  int line() {
    return line;
  }

  /** Case does not count, as in network-broker; keys of netevd have only one. */
  private Optional<Found<Setting>> find(String key) {
    for (Map.Entry<String, Setting> entry : all.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(key)) {
        asked.add(entry.getKey());
        Setting setting = entry.getValue();
        return Optional.of(new Found<>(setting, prefix + entry.getKey(), setting.line()));
      }
    }
    return Optional.empty();
  }

  Optional<Found<String>> text(String key) {
    return find(key)
        .flatMap(
            found ->
                found.value() instanceof Setting.Scalar scalar
                    ? Optional.of(new Found<>(scalar.text(), found.key(), found.line()))
                    : wrong(found, "one value"));
  }

  Optional<Found<Boolean>> truth(String key) {
    return text(key)
        .flatMap(
            found ->
                switch (found.value().toLowerCase(Locale.ROOT)) {
                  case "true" -> Optional.of(new Found<>(true, found.key(), found.line()));
                  case "false" -> Optional.of(new Found<>(false, found.key(), found.line()));
                  default -> wrong(found, "true or false");
                });
  }

  Optional<Found<Long>> number(String key) {
    return text(key)
        .flatMap(
            found -> {
              try {
                long number = Long.parseLong(found.value());
                return Optional.of(new Found<>(number, found.key(), found.line()));
              } catch (NumberFormatException e) {
                return wrong(found, "a whole number");
              }
            });
  }

  /** A list, or words with blanks between; empty ones are none. */
  Optional<Found<List<String>>> texts(String key) {
    return find(key)
        .flatMap(
            found -> {
              List<String> words = new ArrayList<>();
              switch (found.value()) {
                case Setting.Scalar scalar -> words.addAll(List.of(scalar.text().split("[\\s,]+")));
                case Setting.Items items -> {
                  for (Setting item : items.all()) {
                    if (!(item instanceof Setting.Scalar scalar)) {
                      return wrong(found, "a list of texts");
                    }
                    words.add(scalar.text().strip());
                  }
                }
                case Setting.Group ignored -> {
                  return wrong(found, "a list of texts");
                }
              }
              words.removeIf(String::isEmpty);
              return words.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new Found<>(List.copyOf(words), found.key(), found.line()));
            });
  }

  Optional<Section> section(String key) {
    return find(key)
        .flatMap(
            found ->
                found.value() instanceof Setting.Group group
                    ? Optional.of(inner(found.key() + ".", group))
                    : wrong(found, "keys with values"));
  }

  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    find(key)
        .ifPresent(
            found -> {
              Collection<Setting> items =
                  found.value() instanceof Setting.Items list ? list.all() : List.of(found.value());
              int number = 0;
              for (Setting item : items) {
                String name = found.key() + "[" + number++ + "]";
                if (item instanceof Setting.Group group) {
                  sections.add(inner(name + ".", group));
                } else {
                  wrong(new Found<>(item, name, item.line()), "keys with values");
                }
              }
            });
    return sections;
  }

  private Section inner(String name, Setting.Group group) {
    Section section = new Section(file, name, group, report);
    inner.add(section);
    return section;
  }

  private <T> Optional<T> wrong(Found<?> found, String expected) {
    String given = found.value() instanceof String text ? " \"" + text + "\"" : "";
    report.add(
        Outcome.LOOK,
        file,
        found.line(),
        found.key() + ": expected " + expected + given(given) + "; it is left out");
    return Optional.empty();
  }

  private static String given(String text) {
    return text.isEmpty() ? "" : ", and found" + text;
  }

  /** Tells of every key that nobody asked for. */
  void unknown() {
    all.forEach(
        (key, setting) -> {
          if (!asked.contains(key)) {
            report.add(
                Outcome.NONE, file, setting.line(), prefix + key + ": unknown key; it is left out");
          }
        });
    inner.forEach(Section::unknown);
  }
}
