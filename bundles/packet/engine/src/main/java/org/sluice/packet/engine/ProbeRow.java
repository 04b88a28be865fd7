// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sluice.packet.api.PortProbe;

/**
 * One thing that a driver looked at.
 *
 * @param answer {@code yes}, {@code no}, {@code unknown}
 */
record ProbeRow(String driver, String what, String answer, String why, String remedy) {

  static List<ProbeRow> of(List<PortProbe> probes) {
    List<ProbeRow> rows = new ArrayList<>();
    for (PortProbe probe : probes) {
      rows.add(
          new ProbeRow(
              probe.driver(), "as a whole", probe.works() ? "yes" : "no", probe.summary(), ""));
      for (PortProbe.Finding finding : probe.findings()) {
        rows.add(
            new ProbeRow(
                probe.driver(),
                finding.what(),
                finding.answer().name().toLowerCase(Locale.ROOT),
                finding.why(),
                finding.remedy()));
      }
    }
    return rows;
  }
}
