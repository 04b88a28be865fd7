// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts the calls of others that are being carried out, so that nobody fills our memory and nobody
 * alone takes all places. Guarded by its connection.
 */
final class IncomingCalls {
  static final int MOST = 256;
  static final int MOST_OF_ONE = 32;
  private static final long LARGEST = 32L * 1024 * 1024;

  private final Map<String, Integer> ofSender = new HashMap<>();
  private int all;
  private long bytes;

  /** Whether one more is taken. */
  boolean enter(Message call) {
    String sender = call.header().senderOrEmpty();
    if (all >= MOST
        || (all > 0 && bytes + call.size() > LARGEST)
        || ofSender.getOrDefault(sender, 0) >= MOST_OF_ONE) {
      return false;
    }
    all++;
    bytes += call.size();
    ofSender.merge(sender, 1, Integer::sum);
    return true;
  }

  void leave(Message call) {
    all--;
    bytes -= call.size();
    ofSender.computeIfPresent(
        call.header().senderOrEmpty(), (_, count) -> count == 1 ? null : count - 1);
  }
}
