// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The calls without an answer, and the numbers of messages. Guarded by its connection. */
final class PendingCalls {
  static final int MOST = 4096;

  private final long epoch = System.nanoTime();
  private final Map<Integer, PendingCall> bySerial = new HashMap<>();
  private final TreeSet<PendingCall> byDeadline =
      // The clock may pass the end of its range, so its times are compared by their difference.
      new TreeSet<>(
          Comparator.<PendingCall>comparingLong(call -> call.deadline() - epoch)
              .thenComparing(PendingCall::serial));
  private int last;

  boolean full() {
    return bySerial.size() >= MOST;
  }

  /** A number no waiting call has. */
  int nextSerial() {
    do {
      last++;
    } while (last == 0 || bySerial.containsKey(last));
    return last;
  }

  void add(PendingCall call) {
    bySerial.put(call.serial(), call);
    byDeadline.add(call);
  }

  @Nullable PendingCall get(int serial) {
    return bySerial.get(serial);
  }

  void remove(PendingCall call) {
    bySerial.remove(call.serial());
    byDeadline.remove(call);
  }

  /** Nanoseconds until the next call has waited long enough. */
  OptionalLong untilNext(long now) {
    return byDeadline.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, byDeadline.first().deadline() - now));
  }

  List<PendingCall> takeExpired(long now) {
    List<PendingCall> expired = new ArrayList<>();
    while (!byDeadline.isEmpty() && byDeadline.first().deadline() - now <= 0) {
      PendingCall call = byDeadline.first();
      remove(call);
      expired.add(call);
    }
    return expired;
  }

  List<PendingCall> takeAll() {
    List<PendingCall> all = List.copyOf(bySerial.values());
    bySerial.clear();
    byDeadline.clear();
    return all;
  }

  List<PendingCall> takeOf(BusLease lease) {
    List<PendingCall> own =
        bySerial.values().stream().filter(call -> call.lease() == lease).toList();
    own.forEach(this::remove);
    return own;
  }
}
