// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.host.api.ConfigChange;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/** What differs between two generations, key by key; secrets are told to differ, not shown. */
final class Differences {
  private static final String HIDDEN = "\"…\"";

  private final Schemas schemas;

  Differences(Schemas schemas) {
    this.schemas = schemas;
  }

  List<ConfigChange> between(Stored from, Stored to) {
    List<ConfigChange> changes = new ArrayList<>();
    Set<String> files = new TreeSet<>(from.files().keySet());
    files.addAll(to.files().keySet());
    for (String file : files) {
      Pid pid = Pid.ofFile(file).orElseThrow();
      Map<String, String> before = values(pid, from.files().get(file));
      Map<String, String> after = values(pid, to.files().get(file));
      Set<String> keys = new TreeSet<>(before.keySet());
      keys.addAll(after.keySet());
      for (String key : keys) {
        String was = before.getOrDefault(key, "");
        String is = after.getOrDefault(key, "");
        if (!was.equals(is)) {
          changes.add(change(pid, key, was, is));
        }
      }
      if (keys.isEmpty() && from.files().containsKey(file) != to.files().containsKey(file)) {
        boolean added = to.files().containsKey(file);
        changes.add(new ConfigChange(pid.toString(), "", added ? "" : "{}", added ? "{}" : ""));
      }
    }
    return changes;
  }

  private ConfigChange change(Pid pid, String key, String was, String is) {
    boolean hide = secret(schemas, pid, key);
    return new ConfigChange(
        pid.toString(),
        key,
        hide && !was.isEmpty() ? HIDDEN : was,
        hide && !is.isEmpty() ? HIDDEN : is);
  }

  /** Whether a value must not be shown: its bundle says so, or nobody does and it sounds so. */
  static boolean secret(Schemas schemas, Pid pid, String key) {
    for (Schema schema : schemas.of(pid.base())) {
      Attribute attribute = schema.attribute(key);
      if (attribute != null) {
        return attribute.secret();
      }
    }
    return key.toLowerCase(java.util.Locale.ROOT).matches(".*(passw|secret|token|private.?key).*");
  }

  private static Map<String, String> values(
      Pid pid, @org.jspecify.annotations.Nullable String text) {
    Map<String, String> values = new TreeMap<>();
    if (text == null) {
      return values;
    }
    try {
      if (JsonReader.read(text) instanceof JsonValue.Obj object) {
        for (JsonValue.Member member : object.members()) {
          values.put(member.name(), JsonWriter.write(member.value()));
        }
      }
      return values;
    } catch (JsonException e) {
      throw new IllegalStateException("a kept generation has a broken file for " + pid, e);
    }
  }
}
