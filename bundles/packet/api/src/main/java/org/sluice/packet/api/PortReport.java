// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a port is, for people.
 *
 * @param where interface and queues, or the address
 * @param mode what was obtained, in a few words: {@code native, copied}
 * @param state {@code up}, or what is wrong
 * @param facts further things that were obtained: pages, offloads, the number of the program
 */
public record PortReport(
    String driver,
    String where,
    String mode,
    String state,
    FrameCensus census,
    List<Ring> rings,
    PortStatistics statistics,
    Map<String, String> facts) {

  /**
   * One ring that the port shares with the kernel.
   *
   * @param name {@code receive}, {@code fill}, with the queue when there are several
   * @param producer the index of who puts in, as unsigned 32 bits
   * @param consumer the index of who takes out
   * @param level how many places are taken
   * @param needsWakeup whether the kernel waits to be told
   */
  public record Ring(
      String name, int size, long producer, long consumer, int level, boolean needsWakeup) {}

  public PortReport {
    rings = List.copyOf(rings);
    facts = java.util.Collections.unmodifiableMap(new TreeMap<>(facts));
  }
}
