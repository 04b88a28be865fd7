// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;

/** What the shell can ask about the numbers. */
@Component(
    service = MetricsCommands.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=metrics",
      Commands.READS + "=metrics"
    })
public final class MetricsCommands {
  private final Scraper scraper;

  @Activate
  public MetricsCommands(@Reference Scraper scraper) {
    this.scraper = scraper;
  }

  @Descriptor(
      """
      Lists the numbers of the process and of all bundles.
      Example: host:metrics
      Example: host:metrics sluice_link""")
  public List<? extends Record> metrics() {
    return metrics("");
  }

  @Descriptor(
      """
      Lists the numbers whose names begin so.
      Example: host:metrics sluice_link""")
  public List<? extends Record> metrics(@Descriptor("how the names begin") String prefix) {
    return scraper.scrape().stream()
        .flatMap(family -> family.samples().stream())
        .filter(sample -> sample.name().startsWith(prefix))
        .map(MetricRow::of)
        .toList();
  }
}
