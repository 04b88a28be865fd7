// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.host.config.ConfigCommands.Value;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/** What holds for a PID, and where it comes from. */
final class Values {
  private Values() {}

  static List<Value> of(Pid pid, View view, Schemas schemas) {
    Setting setting = view.applied().get(pid);
    List<Schema> known = schemas.of(pid.base());
    Map<String, Object> defaults = new TreeMap<>();
    for (Schema schema : known) {
      for (Attribute attribute : schema.attributes()) {
        Defaults.of(attribute).ifPresent(value -> defaults.put(attribute.id(), value));
      }
    }
    Map<String, Object> all = new TreeMap<>(defaults);
    if (setting != null) {
      all.putAll(setting.values());
    }
    List<Value> values = new ArrayList<>();
    all.forEach(
        (key, value) -> {
          JsonValue.Member member = member(setting, key);
          String text = Differences.secret(schemas, pid, key) ? "\"…\"" : JsonWriter.write(value);
          String source =
              member == null
                  ? "default"
                  : pid.file() + ":" + member.value().place() + generation(pid, view);
          values.add(new Value(pid.toString(), key, text, source));
        });
    return values;
  }

  /** When the file says something else by now, where the value comes from. */
  private static String generation(Pid pid, View view) {
    String file = pid.file();
    String text = view.inForce().files().get(file);
    return text == null || text.equals(view.seen().files().get(file))
        ? ""
        : " of generation " + view.inForce().number();
  }

  private static JsonValue.@Nullable Member member(@Nullable Setting setting, String key) {
    if (setting != null) {
      for (JsonValue.Member member : setting.written()) {
        if (member.name().equals(key)) {
          return member;
        }
      }
    }
    return null;
  }
}
