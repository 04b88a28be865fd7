// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.Generation;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/**
 * A generation as it is kept.
 *
 * @param folder digest of the folder it answers; while the folder has it, this generation stays
 * @param pinned whether it stays although the files say something else
 * @param problems why it was taken back, or what of the files is not in it
 * @param files texts by the name of the file
 */
record Stored(
    Generation generation,
    String folder,
    boolean pinned,
    List<ConfigProblem> problems,
    Map<String, String> files) {

  /** Before there is any. */
  static final Stored NONE =
      new Stored(
          new Generation(
              0, java.time.Instant.EPOCH, Generation.State.COMMITTED, "nothing", List.of()),
          "",
          false,
          List.of(),
          Map.of());

  long number() {
    return generation.number();
  }

  Stored as(Generation.State state, List<ConfigProblem> why) {
    Generation g = generation;
    return new Stored(
        new Generation(g.number(), g.at(), state, g.origin(), g.changed()),
        folder,
        pinned,
        why,
        files);
  }

  /** The same values, written in other words. */
  Stored answering(String digest, Map<String, String> texts) {
    return new Stored(generation, digest, false, problems, texts);
  }

  String json() {
    return JsonWriter.pretty(this) + "\n";
  }

  /**
   * @throws JsonException when the text is torn or not a generation at all
   */
  static Stored parse(String text) throws JsonException {
    JsonValue.Obj root = object(JsonReader.read(text));
    JsonValue.Obj g = object(member(root, "generation"));
    List<String> changed = new ArrayList<>();
    for (JsonValue item : list(g, "changed")) {
      changed.add(string(item));
    }
    List<ConfigProblem> problems = new ArrayList<>();
    for (JsonValue item : list(root, "problems")) {
      JsonValue.Obj p = object(item);
      problems.add(
          new ConfigProblem(
              ConfigProblem.Severity.valueOf(string(member(p, "severity"))),
              string(member(p, "file")),
              (int) number(p, "line"),
              (int) number(p, "column"),
              string(member(p, "key")),
              string(member(p, "text")),
              string(member(p, "remedy"))));
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (JsonValue.Member file : object(member(root, "files")).members()) {
      files.put(file.name(), string(file.value()));
    }
    try {
      return new Stored(
          new Generation(
              number(g, "number"),
              java.time.Instant.parse(string(member(g, "at"))),
              Generation.State.valueOf(string(member(g, "state"))),
              string(member(g, "origin")),
              List.copyOf(changed)),
          string(member(root, "folder")),
          member(root, "pinned") instanceof JsonValue.Bool pinned && pinned.value(),
          List.copyOf(problems),
          files);
    } catch (java.time.DateTimeException | IllegalArgumentException e) {
      throw new JsonException(g.place(), "not a generation: " + e.getMessage());
    }
  }

  private static JsonValue member(JsonValue.Obj object, String name) throws JsonException {
    @Nullable JsonValue value = object.get(name);
    if (value == null) {
      throw new JsonException(object.place(), "not a generation: no \"" + name + "\"");
    }
    return value;
  }

  private static JsonValue.Obj object(JsonValue value) throws JsonException {
    if (value instanceof JsonValue.Obj object) {
      return object;
    }
    throw new JsonException(value.place(), "not a generation: " + value.kind());
  }

  private static List<JsonValue> list(JsonValue.Obj object, String name) throws JsonException {
    if (member(object, name) instanceof JsonValue.Arr list) {
      return list.items();
    }
    throw new JsonException(object.place(), "not a generation: \"" + name + "\" is no list");
  }

  private static String string(JsonValue value) throws JsonException {
    if (value instanceof JsonValue.Str text) {
      return text.value();
    }
    throw new JsonException(value.place(), "not a generation: " + value.kind());
  }

  private static long number(JsonValue.Obj object, String name) throws JsonException {
    if (member(object, name) instanceof JsonValue.Num number) {
      return number.value().longValue();
    }
    throw new JsonException(object.place(), "not a generation: \"" + name + "\" is no number");
  }
}
