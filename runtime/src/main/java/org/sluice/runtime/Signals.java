// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Termination signals. The JDK has no supported interface for them, and its shutdown hooks cannot
 * see a second signal; so this asks for the unsupported one, and leaves the default when it is
 * gone.
 */
final class Signals {
  private static final System.Logger LOG = System.getLogger("org.sluice.runtime");

  private Signals() {}

  /**
   * @param first runs in a thread of its own for the first signal
   * @param second runs for every further one
   */
  static void handle(Runnable first, Runnable second) {
    boolean[] asked = new boolean[1];
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (!method.getName().equals("handle")) {
            return method.getName().equals("hashCode") ? (Object) 0 : "signals";
          }
          synchronized (asked) {
            if (asked[0]) {
              second.run();
            } else {
              asked[0] = true;
              new Thread(first, "runtime/stop").start();
            }
          }
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object receiver =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {type}, handler);
      for (String name : new String[] {"TERM", "INT", "HUP"}) {
        signal
            .getMethod("handle", signal, type)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(System.Logger.Level.WARNING, "signals are handled by the JVM alone: " + e);
      Runtime.getRuntime().addShutdownHook(new Thread(first, "runtime/stop"));
    }
  }
}
