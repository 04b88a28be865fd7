// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.List;
import org.sluice.packet.api.PortReport;

/** A ring of a port, as people and scripts see it. */
record RingRow(
    String port,
    String ring,
    int size,
    long producer,
    long consumer,
    int level,
    boolean needsWakeup) {

  static List<RingRow> of(List<PortReport> reports) {
    return reports.stream()
        .flatMap(
            report ->
                report.rings().stream()
                    .map(
                        ring ->
                            new RingRow(
                                report.where(),
                                ring.name(),
                                ring.size(),
                                ring.producer(),
                                ring.consumer(),
                                ring.level(),
                                ring.needsWakeup())))
        .toList();
  }
}
