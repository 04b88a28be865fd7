// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.List;

/**
 * Writes families as Prometheus reads them: text format 0.0.4, or OpenMetrics 1.0.
 *
 * @param openMetrics whether in the newer of the two
 */
record TextFormat(boolean openMetrics) {

  /** What an {@code Accept} header asks for. */
  static TextFormat of(String accept) {
    return new TextFormat(accept.contains("application/openmetrics-text"));
  }

  String contentType() {
    return openMetrics
        ? "application/openmetrics-text;version=1.0.0;charset=utf-8"
        : "text/plain;version=0.0.4;charset=utf-8";
  }

  String write(List<Family> families) {
    StringBuilder out = new StringBuilder();
    for (Family family : families) {
      String name = family.name();
      if (openMetrics && family.type() == Family.Type.COUNTER) {
        name = name.substring(0, name.length() - "_total".length());
      }
      out.append("# HELP ").append(name).append(' ').append(help(family.help())).append('\n');
      out.append("# TYPE ").append(name).append(' ').append(family.type().word()).append('\n');
      for (Sample sample : family.samples()) {
        write(sample, out);
      }
    }
    if (openMetrics) {
      out.append("# EOF\n");
    }
    return out.toString();
  }

  private static void write(Sample sample, StringBuilder out) {
    out.append(sample.name());
    List<String> labels = sample.labels();
    for (int i = 0; i < labels.size(); i += 2) {
      out.append(i == 0 ? '{' : ',').append(labels.get(i)).append("=\"");
      out.append(value(labels.get(i + 1))).append('"');
    }
    if (!labels.isEmpty()) {
      out.append('}');
    }
    out.append(' ').append(number(sample.value())).append('\n');
  }

  private String help(String help) {
    String escaped = help.replace("\\", "\\\\").replace("\n", "\\n");
    return openMetrics ? escaped.replace("\"", "\\\"") : escaped;
  }

  private static String value(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole && value != 0 ? Long.toString((long) value) : whole ? "0" : Double.toString(value);
  }
}
