// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the reader counts, for health and metrics. Any thread may ask. */
final class Tally {
  private final LongAdder messages = new LongAdder();
  private final ConcurrentMap<String, LongAdder> byType = new ConcurrentHashMap<>();
  private final LongAdder overruns = new LongAdder();
  private final LongAdder interrupted = new LongAdder();
  private final LongAdder resyncs = new LongAdder();
  private final LongAdder routeLooks = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile @Nullable Instant lastResync;
  private volatile String failure = "";
  private volatile int receiveBuffer;
  private volatile int links;

  void opened(int buffer) {
    receiveBuffer = buffer;
  }

  /**
   * @param type of the message, as the kernel numbers it
   */
  void heard(int type) {
    messages.increment();
    byType.computeIfAbsent(Rtnetlink.word(type), _ -> new LongAdder()).increment();
  }

  /** How many of each type; types that are not known are one. */
  Map<String, Long> byType() {
    Map<String, Long> counts = new TreeMap<>();
    byType.forEach((word, count) -> counts.put(word, count.sum()));
    return counts;
  }

  void overrun() {
    overruns.increment();
  }

  void interrupted() {
    interrupted.increment();
  }

  void looked(int linksSeen) {
    resyncs.increment();
    links = linksSeen;
    lastResync = Instant.now();
    failure = "";
  }

  void lookedAtRoutes() {
    routeLooks.increment();
  }

  void failed(String text) {
    failures.increment();
    failure = text;
  }

  long messages() {
    return messages.sum();
  }

  long overruns() {
    return overruns.sum();
  }

  long dumpRestarts() {
    return interrupted.sum();
  }

  long resyncs() {
    return resyncs.sum();
  }

  long routeLooks() {
    return routeLooks.sum();
  }

  long failures() {
    return failures.sum();
  }

  @Nullable Instant lastResync() {
    return lastResync;
  }

  /** Why nothing is read now; empty when all is well. */
  String failure() {
    return failure;
  }

  int receiveBuffer() {
    return receiveBuffer;
  }

  int links() {
    return links;
  }
}
