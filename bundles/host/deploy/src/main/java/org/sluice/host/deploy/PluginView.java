// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Plugin;

/** A slot as it was at one moment, for threads other than the worker. */
record PluginView(
    String file,
    String name,
    Plugin.State state,
    String reason,
    Instant since,
    @Nullable Revision serving,
    @Nullable Revision starting,
    double gapMillis,
    int swaps) {

  static PluginView of(Slot slot) {
    return new PluginView(
        slot.file,
        slot.name,
        slot.state,
        slot.reason,
        slot.since,
        slot.serving,
        slot.run instanceof Slot.Attempting run ? run.attempt().fresh() : null,
        slot.gapMillis,
        slot.swaps);
  }
}
