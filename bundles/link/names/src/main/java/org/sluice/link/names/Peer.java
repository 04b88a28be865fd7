// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.sluice.dbus.Body;
import org.sluice.dbus.Bus;
import org.sluice.dbus.DBusException;
import org.sluice.dbus.MethodCall;

/**
 * A service on the bus that is asked one thing after the other, on the thread of the reconciler,
 * which waits for the answer.
 *
 * @param service as systemd calls it
 * @param actions of polkit that it asks for
 */
record Peer(Bus bus, String service, String actions) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  Body call(String tried, MethodCall call) throws Trouble, InterruptedException {
    return await(tried, bus.call(call.within(PATIENCE)));
  }

  <T> T await(String tried, CompletableFuture<T> answer) throws Trouble, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DBusException cause) {
        throw Trouble.of(tried, service, actions, cause);
      }
      throw new IllegalStateException(tried, e);
    }
  }
}
