// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.sluice.host.api.ConfigProblem.Severity.ERROR;
import static org.sluice.host.api.ConfigProblem.Severity.WARNING;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.Spelling;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.json.Place;

/** Holds files against what the bundles say of their keys. */
final class Checker {

  /** Enough to mend a file by; the rest is most often the same mistake. */
  private static final int PROBLEMS_PER_FILE = 20;

  /** Set by Config Admin, or written by tools that keep notes in the configuration. */
  private static final Set<String> RESERVED =
      Set.of("service.pid", "service.factorypid", "service.bundlelocation", "component.name");

  private final Schemas schemas;

  Checker(Schemas schemas) {
    this.schemas = schemas;
  }

  /**
   * @param files texts by the name of the file
   */
  Checked check(Map<String, String> files) {
    Map<Pid, Setting> settings = new TreeMap<>();
    List<ConfigProblem> problems = new ArrayList<>();
    files.forEach(
        (file, text) -> {
          FileCheck check = new FileCheck(file);
          Setting setting = check.run(text);
          if (setting != null) {
            settings.put(setting.pid(), setting);
          }
          problems.addAll(check.limited());
        });
    return new Checked(settings, List.copyOf(problems));
  }

  /** One file. */
  private final class FileCheck {
    private final String file;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private FileCheck(String file) {
      this.file = file;
    }

    private List<ConfigProblem> limited() {
      if (problems.size() <= PROBLEMS_PER_FILE) {
        return problems;
      }
      List<ConfigProblem> some = new ArrayList<>(problems.subList(0, PROBLEMS_PER_FILE));
      int more = problems.size() - PROBLEMS_PER_FILE;
      some.add(new ConfigProblem(ERROR, file, 0, 0, "", "and " + more + " more like these", ""));
      return some;
    }

    /** Null when the file is not to be used. */
    private @org.jspecify.annotations.Nullable Setting run(String text) {
      Pid pid = Pid.ofFile(file).orElse(null);
      if (pid == null) {
        file(
            "the name of the file has no PID in it",
            "name it PID.cfg.json or FACTORY-PID~NAME.cfg.json");
        return null;
      }
      JsonValue.Obj object = parse(text);
      if (object == null) {
        return null;
      }
      List<Schema> known = schemas.of(pid.base());
      sameKey(object);
      if (known.isEmpty()) {
        unclaimed(pid);
        return setting(pid, object, known, guessed(object));
      }
      if (known.stream().allMatch(Schema::many) && !pid.oneOfMany()) {
        file(
            pid.base() + " describes things there are many of",
            "name the file " + pid.base() + "~NAME" + Pid.SUFFIX);
      } else if (known.stream().noneMatch(Schema::many) && pid.oneOfMany()) {
        file("there is only one " + pid.base(), "name the file " + pid.base() + Pid.SUFFIX);
      }
      Map<String, Object> values = read(object, known);
      missing(object, known);
      return setting(pid, object, known, values);
    }

    private @org.jspecify.annotations.Nullable Setting setting(
        Pid pid, JsonValue.Obj object, List<Schema> known, Map<String, Object> values) {
      return problems.stream().anyMatch(ConfigProblem::error)
          ? null
          : new Setting(pid, object.members(), values, known);
    }

    private JsonValue.@org.jspecify.annotations.Nullable Obj parse(String text) {
      if (text.isBlank()) {
        file("the file is empty", "write {} for a configuration with nothing but defaults");
        return null;
      }
      try {
        JsonValue value = JsonReader.read(text);
        if (value instanceof JsonValue.Obj object) {
          return object;
        }
        at(value.place(), "", "expected an object { … }, found " + value.kind(), "");
      } catch (JsonException e) {
        at(e.place(), "", message(e), "");
      }
      return null;
    }

    private void unclaimed(Pid pid) {
      String remedy =
          Spelling.near(pid.base(), schemas.pids(), 1).stream()
              .findFirst()
              .map(n -> "did you mean " + new Pid(n, pid.name()).file() + "?")
              .orElse("it is kept, and checked when such a bundle arrives");
      problems.add(
          new ConfigProblem(
              WARNING,
              file,
              0,
              0,
              "",
              "no bundle says what " + pid.base() + " may contain",
              remedy));
    }

    /** To Config Admin keys that differ only in case are one; to a reader they are two. */
    private void sameKey(JsonValue.Obj object) {
      Map<String, JsonValue.Member> seen = new HashMap<>();
      for (JsonValue.Member member : object.members()) {
        JsonValue.Member first = seen.putIfAbsent(member.name().toLowerCase(Locale.ROOT), member);
        if (first != null) {
          at(
              member.place(),
              member.name(),
              "differs only in case from the key in line " + first.place().line(),
              "remove one of the two");
        }
      }
    }

    private Map<String, Object> guessed(JsonValue.Obj object) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (JsonValue.Member member : object.members()) {
        if (!reserved(member)) {
          try {
            values.put(member.name(), ValueReader.guess(member.value()));
          } catch (Unfit e) {
            at(e.place(), member.name(), message(e), e.remedy());
          }
        }
      }
      return values;
    }

    private Map<String, Object> read(JsonValue.Obj object, List<Schema> known) {
      Map<String, Object> values = new LinkedHashMap<>();
      for (JsonValue.Member member : object.members()) {
        if (reserved(member)) {
          continue;
        }
        List<Attribute> attributes =
            known.stream()
                .map(s -> s.attribute(member.name()))
                .filter(java.util.Objects::nonNull)
                .toList();
        try {
          if (attributes.isEmpty() && !componentKey(member)) {
            unknown(member, known);
          } else if (attributes.isEmpty()) {
            values.put(member.name(), ValueReader.guess(member.value()));
          }
          for (Attribute attribute : attributes) {
            values.put(member.name(), ValueReader.read(attribute, member.value()));
          }
        } catch (Unfit e) {
          at(e.place(), member.name(), message(e), e.remedy());
        }
      }
      return values;
    }

    private boolean reserved(JsonValue.Member member) {
      if (member.name().isEmpty() || RESERVED.contains(member.name().toLowerCase(Locale.ROOT))) {
        at(member.place(), member.name(), "this key is set by the host", "remove it");
        return true;
      }
      return false;
    }

    /** What every component understands without saying so. */
    private boolean componentKey(JsonValue.Member member) throws Unfit {
      if (member.name().equals("service.ranking")) {
        return true;
      }
      if (!member.name().endsWith(".target") || member.name().equals(".target")) {
        return false;
      }
      if (member.value() instanceof JsonValue.Str filter) {
        try {
          FrameworkUtil.createFilter(filter.value());
          return true;
        } catch (InvalidSyntaxException e) {
          throw new Unfit(
              filter.place(), "not a filter: " + e.getMessage(), "write it as \"(name=value)\"");
        }
      }
      throw new Unfit(
          member.value().place(),
          "expected a filter, found " + member.value().kind(),
          "write it as \"(name=value)\"");
    }

    private void unknown(JsonValue.Member member, List<Schema> known) {
      TreeSet<String> keys = new TreeSet<>();
      known.forEach(s -> s.attributes().forEach(a -> keys.add(a.id())));
      String all = keys.isEmpty() ? "there are no keys" : "known keys: " + String.join(", ", keys);
      at(
          member.place(),
          member.name(),
          "unknown key",
          Spelling.near(member.name(), keys, 1).stream()
                  .findFirst()
                  .map(n -> "did you mean \"" + n + "\"? ")
                  .orElse("")
              + all);
    }

    private void missing(JsonValue.Obj object, List<Schema> known) {
      for (Schema schema : known) {
        for (Attribute attribute : schema.attributes()) {
          if (attribute.required()
              && attribute.defaults() == null
              && object.get(attribute.id()) == null) {
            at(
                object.place(),
                attribute.id(),
                "this key is required and missing",
                ("add \"" + attribute.id() + "\": " + attribute.typeWords())
                    + (attribute.allowed().isEmpty() ? "" : ", " + attribute.allowed()));
          }
        }
      }
    }

    private void file(String text, String remedy) {
      problems.add(new ConfigProblem(ERROR, file, 0, 0, "", text, remedy));
    }

    private void at(Place place, String key, String text, String remedy) {
      problems.add(new ConfigProblem(ERROR, file, place.line(), place.column(), key, text, remedy));
    }
  }

  private static String message(Exception e) {
    return java.util.Objects.requireNonNullElse(e.getMessage(), e.toString());
  }
}
