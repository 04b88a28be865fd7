// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.json.JsonValue;

/**
 * One configuration file, understood.
 *
 * @param written what stands in it
 * @param values the same, as its component gets it
 * @param schemas what is known of its keys; empty when nobody claims the PID
 */
record Setting(
    Pid pid, List<JsonValue.Member> written, Map<String, Object> values, List<Schema> schemas) {

  boolean sameValues(Setting other) {
    return values.keySet().equals(other.values.keySet())
        && values.entrySet().stream()
            .allMatch(e -> ValueReader.same(e.getValue(), other.values.get(e.getKey())));
  }

  /** The values together with the defaults of the keys that are not written. */
  Map<String, Object> complete() {
    Map<String, Object> all = new TreeMap<>();
    for (Schema schema : schemas) {
      for (Attribute attribute : schema.attributes()) {
        Defaults.of(attribute).ifPresent(value -> all.put(attribute.id(), value));
      }
    }
    all.putAll(values);
    return all;
  }

  /** The PIDs whose values differ from one picture to the other, or that only one of them has. */
  static List<Pid> changed(Map<Pid, Setting> from, Map<Pid, Setting> to) {
    Map<Pid, Boolean> changed = new TreeMap<>();
    from.keySet().stream().filter(p -> !to.containsKey(p)).forEach(p -> changed.put(p, true));
    to.forEach(
        (pid, setting) -> {
          Setting before = from.get(pid);
          if (before == null || !before.sameValues(setting)) {
            changed.put(pid, true);
          }
        });
    return List.copyOf(changed.keySet());
  }

  /** As {@link org.sluice.host.api.ConfigCheck} gets them. */
  static Map<String, Map<String, Object>> proposal(Map<Pid, Setting> settings) {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>();
    settings.forEach((pid, setting) -> all.put(pid.toString(), setting.complete()));
    return all;
  }
}
