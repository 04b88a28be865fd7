// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Numbers of a bundle, registered as a service. {@link #collect} is called for every scrape,
 * possibly from several threads at once; it must not block and not throw. One that throws is left
 * out of the answer and counted.
 */
@ConsumerType
public interface MetricSource {
  void collect(Metrics to);
}
