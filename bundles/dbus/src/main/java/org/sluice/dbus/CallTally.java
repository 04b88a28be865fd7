// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sluice.dbus.Buses.CallCount;

/** Counts the calls of all users, by method. Safe for any thread. */
final class CallTally {
  private static final int MOST = 200;
  private static final String OTHERS = "others";

  private final Map<String, CallCount> counts = new HashMap<>();

  void made(MethodCall call) {
    add(call, 0);
  }

  void failed(MethodCall call) {
    add(call, 1);
  }

  private synchronized void add(MethodCall call, long failures) {
    String interfaceName = call.interfaceName();
    String member = call.member();
    String key = interfaceName + "." + member;
    if (counts.size() >= MOST && !counts.containsKey(key)) {
      interfaceName = OTHERS;
      member = OTHERS;
      key = OTHERS;
    }
    counts.merge(
        key,
        new CallCount(interfaceName, member, 1 - failures, failures),
        (old, more) ->
            new CallCount(
                old.interfaceName(),
                old.member(),
                old.calls() + more.calls(),
                old.failures() + more.failures()));
  }

  synchronized List<CallCount> counts() {
    return counts.values().stream()
        .sorted(Comparator.comparing(CallCount::interfaceName).thenComparing(CallCount::member))
        .toList();
  }
}
