// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/**
 * Where all chunks of a port are. While the port works the numbers are read one after another, so
 * that they add up only when it rests.
 *
 * @param free with the port, for nothing in particular
 * @param fill given to the kernel for what will arrive; the kernel may have taken them already
 * @param received filled by the kernel, not yet received
 * @param held handed out to the holder
 * @param sending given to the kernel to be sent
 * @param completed sent, not yet taken back
 * @param total how many chunks there are
 */
public record FrameCensus(
    int free, int fill, int received, int held, int sending, int completed, int total) {

  /** Chunks that are nowhere; below zero some are in two places. Either is a bug. */
  public int missing() {
    return total - free - fill - received - held - sending - completed;
  }
}
