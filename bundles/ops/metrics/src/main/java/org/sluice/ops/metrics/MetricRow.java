// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

/**
 * A number, for the shell.
 *
 * @param labels as {@code name=value}, separated by commas
 */
record MetricRow(String name, String labels, double value) {

  static MetricRow of(Sample sample) {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < sample.labels().size(); i += 2) {
      labels.append(i == 0 ? "" : ",");
      labels.append(sample.labels().get(i)).append('=').append(sample.labels().get(i + 1));
    }
    return new MetricRow(sample.name(), labels.toString(), sample.value());
  }
}
