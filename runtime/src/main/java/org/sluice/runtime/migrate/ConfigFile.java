// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.json.JsonWriter;

/** One file of configuration that is to be written. */
final class ConfigFile {
  private final String pid;
  private final List<String> remarks = new ArrayList<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<String> choices = new ArrayList<>();

  ConfigFile(String pid) {
    this.pid = pid;
  }

  String name() {
    return pid + ".cfg.json";
  }

  /** A line at the top. */
  void remark(String text) {
    if (!remarks.contains(text)) {
      remarks.add(text);
    }
  }

  /** A line at the end that somebody may want to put in force. */
  void choice(String text) {
    choices.add(text);
  }

  /** False when the key has another value already, which it keeps. */
  boolean set(String key, Object value) {
    Object before = values.putIfAbsent(key, value);
    return before == null || before.equals(value);
  }

  void append(String key, String value) {
    List<Object> all = new ArrayList<>();
    if (values.get(key) instanceof List<?> before) {
      all.addAll(before);
    }
    if (!all.contains(value)) {
      all.add(value);
    }
    values.put(key, all);
  }

  String text() {
    StringBuilder out = new StringBuilder();
    remarks.forEach(remark -> out.append("// ").append(line(remark)).append('\n'));
    out.append("{\n");
    int left = values.size();
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      out.append("  ").append(JsonWriter.write(entry.getKey())).append(": ");
      out.append(JsonWriter.write(entry.getValue()))
          .append(--left > 0 || !choices.isEmpty() ? ",\n" : "\n");
    }
    choices.forEach(choice -> out.append("  // ").append(line(choice)).append('\n'));
    return out.append("}\n").toString();
  }

  /** A remark must not end before its end. */
  private static String line(String text) {
    return text.replaceAll("\\R", " ");
  }
}
