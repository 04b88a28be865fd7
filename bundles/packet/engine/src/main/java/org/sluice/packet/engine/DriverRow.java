// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.List;
import java.util.stream.Collectors;
import org.sluice.packet.api.Port;

/**
 * A driver, as people and scripts see it.
 *
 * @param moves {@code frames}, {@code datagrams}
 * @param ports how many it moves now
 */
record DriverRow(String driver, String moves, long ports) {

  static List<DriverRow> of(OpenPorts open) {
    return open.drivers().all().stream()
        .map(
            driver ->
                new DriverRow(
                    driver.name(),
                    driver.kinds().stream()
                        .map(DriverRow::word)
                        .sorted()
                        .collect(Collectors.joining(", ")),
                    open.reports().stream()
                        .filter(report -> report.driver().equals(driver.name()))
                        .count()))
        .toList();
  }

  private static String word(Class<? extends Port> kind) {
    return kind == org.sluice.packet.api.FramePort.class ? "frames" : "datagrams";
  }
}
