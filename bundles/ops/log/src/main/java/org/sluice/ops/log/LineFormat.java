// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.time.temporal.ChronoUnit;
import java.util.Map;

/** How a record is written. */
enum LineFormat {
  LOGFMT,
  JSON;

  /** Without the line break. */
  String write(LogLine line) {
    StringBuilder out = new StringBuilder();
    String time = line.time().truncatedTo(ChronoUnit.MILLIS).toString();
    if (this == JSON) {
      out.append("{\"ts\":\"").append(time);
      out.append("\",\"level\":\"").append(line.level().word());
      out.append("\",\"src\":").append(Escape.quoted(line.source()));
      out.append(",\"msg\":").append(Escape.quoted(line.message()));
      for (Map.Entry<String, String> field : line.fields().entrySet()) {
        out.append(',').append(Escape.quoted(field.getKey())).append(':');
        out.append(Escape.quoted(field.getValue()));
      }
      return out.append('}').toString();
    }
    out.append("ts=").append(time);
    out.append(" level=").append(line.level().word());
    out.append(" src=").append(value(line.source()));
    out.append(" msg=").append(Escape.quoted(line.message()));
    for (Map.Entry<String, String> field : line.fields().entrySet()) {
      out.append(' ').append(field.getKey()).append('=').append(value(field.getValue()));
    }
    return out.toString();
  }

  /** Bare when nothing in it could be misread. */
  private static String value(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') {
        return Escape.quoted(text);
      }
    }
    return text.isEmpty() ? "\"\"" : text;
  }
}
