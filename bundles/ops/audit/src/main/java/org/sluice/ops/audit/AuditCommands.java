// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/**
 * What the shell can ask of the audit. Not for the read-only role: acts name users and arguments.
 */
@Component(
    service = AuditCommands.class,
    property = {"osgi.command.scope=host", "osgi.command.function=audit"})
public final class AuditCommands {
  private static final int SHOWN = 50;

  private final AuditTrail trail;

  @Activate
  public AuditCommands(@Reference AuditTrail trail) {
    this.trail = trail;
  }

  @Descriptor(
      """
      Shows who did what of late, oldest first.
      Example: host:audit""")
  public List<? extends Record> audit() throws IOException {
    return audit(SHOWN);
  }

  @Descriptor(
      """
      Shows who did what of late, oldest first.
      Example: host:audit 200""")
  public List<? extends Record> audit(@Descriptor("how many acts") int most) throws IOException {
    if (most < 0) {
      throw new IllegalArgumentException("how many acts: a number from 0 on, not " + most);
    }
    return trail.last(most).stream().map(AuditCommands::act).toList();
  }

  private static Act act(String line) {
    try {
      if (JsonReader.read(line) instanceof JsonValue.Obj act) {
        return new Act(
            Long.parseLong(text(act, "number")),
            java.time.Instant.parse(text(act, "time")),
            text(act, "action"),
            text(act, "actor"),
            text(act, "subject"),
            text(act, "outcome"),
            details(act));
      }
    } catch (JsonException | RuntimeException e) {
      return unreadable(line);
    }
    return unreadable(line);
  }

  private static Act unreadable(String line) {
    return new Act(0, java.time.Instant.EPOCH, "unreadable", "", line, "", Map.of());
  }

  private static Map<String, String> details(JsonValue.Obj act) {
    Map<String, String> details = new TreeMap<>();
    if (act.get("details") instanceof JsonValue.Obj all) {
      all.members().forEach(member -> details.put(member.name(), text(member.value())));
    }
    return details;
  }

  private static String text(JsonValue.Obj of, String name) {
    JsonValue value = of.get(name);
    return value == null ? "" : text(value);
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Str text -> text.value();
      case JsonValue.Num number -> number.value().toPlainString();
      default -> "";
    };
  }
}
