// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A handler, as people and scripts see it.
 *
 * @param state {@code called}, or why it is not
 */
record HandlerRow(
    String handler,
    String bundle,
    String place,
    String match,
    int ranking,
    String state,
    long batches,
    long frames,
    long faults,
    String lastFault) {

  static List<HandlerRow> of(Engine engine) {
    List<HandlerRow> rows = new ArrayList<>();
    for (Station station : engine.stations()) {
      for (Post post : station.posts()) {
        String state =
            post.out()
                ? "taken out after faults"
                : station.trouble().isEmpty() ? "called" : station.trouble();
        rows.add(
            new HandlerRow(
                post.name(),
                post.bundle(),
                station.place().toString(),
                post.match().toString(),
                post.ranking(),
                state,
                post.batches(),
                post.frames(),
                post.faults(),
                post.lastFault()));
      }
    }
    engine
        .refused()
        .forEach(
            (bundle, why) -> rows.add(new HandlerRow("", bundle, "", "", 0, why, 0, 0, 0, "")));
    return rows;
  }
}
