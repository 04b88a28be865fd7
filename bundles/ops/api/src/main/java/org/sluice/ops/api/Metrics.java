// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a {@link MetricSource} puts its numbers.
 *
 * <p>Names follow Prometheus: {@code sluice_<domain>_<what>_<unit>}, counters end in {@code
 * _total}. Labels come in pairs, name and value; their number of combinations must be bounded.
 */
@ProviderType
public interface Metrics {
  void gauge(String name, String help, double value, String... labels);

  void counter(String name, String help, double value, String... labels);

  /**
   * @param bounds upper bounds in rising order, without infinity
   * @param counts observations per bucket, not cumulated; one more than there are bounds
   */
  void histogram(
      String name, String help, double[] bounds, long[] counts, double sum, String... labels);
}
