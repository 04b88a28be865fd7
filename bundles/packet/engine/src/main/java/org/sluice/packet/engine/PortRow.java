// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import org.sluice.host.api.Detail;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;

/**
 * A port, as people and scripts see it.
 *
 * @param lost packets that arrived or were to be sent, and were not
 */
record PortRow(
    String port,
    String driver,
    String mode,
    String state,
    long received,
    long sent,
    long lost,
    int held,
    @Detail PortStatistics statistics,
    @Detail FrameCensus chunks,
    @Detail int missing,
    @Detail Map<String, String> facts) {

  static PortRow of(PortReport report) {
    PortStatistics counted = report.statistics();
    return new PortRow(
        report.where(),
        report.driver(),
        report.mode(),
        report.state(),
        counted.received(),
        counted.sent(),
        counted.receiveDropped()
            + counted.receiveInvalid()
            + counted.sendDropped()
            + counted.sendInvalid(),
        report.census().held(),
        counted,
        report.census(),
        report.census().missing(),
        report.facts());
  }
}
