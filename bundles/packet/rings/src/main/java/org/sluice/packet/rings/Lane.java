// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import org.jspecify.annotations.Nullable;

/**
 * The rings of one queue, as the process sees them.
 *
 * @param name for reports: {@code queue 0}
 * @param receive and fill, or neither when nothing is received here
 * @param transmit and completion, or neither when nothing is sent here; the completion ring is not
 *     smaller
 */
public record Lane(
    String name,
    @Nullable ConsumerRing receive,
    @Nullable ProducerRing fill,
    @Nullable ProducerRing transmit,
    @Nullable ConsumerRing completion) {
  public Lane {
    if ((receive == null) != (fill == null) || (transmit == null) != (completion == null)) {
      throw new IllegalArgumentException("receive goes with fill, transmit with completion");
    }
  }
}
