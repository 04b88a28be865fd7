// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** Is told the signals of one subscription; see {@link Bus} for threads and order. */
public interface SignalListener {

  /** Why there may have been signals that were not told. */
  enum Gap {
    /** The subscription has just come into force, on the first connection. */
    STARTED,
    /** It has come into force again, on another connection. */
    RECONNECTED,
    /** Signals came faster than this listener took them, and some were dropped. */
    OVERFLOW
  }

  /** A signal from the sender of the rule. Never told before the first {@link #readAnew}. */
  void signal(Signal signal);

  /**
   * From now on nothing is missed, but before there may have been signals: read the state that you
   * keep now. Signals told later are newer than, or part of, what is read from here on.
   */
  void readAnew(Gap gap);

  /** The bus refuses this subscription on this connection. */
  default void refused(DBusException why) {
    System.getLogger("org.sluice.dbus")
        .log(System.Logger.Level.WARNING, "the bus refuses a subscription: {0}", why.getMessage());
  }
}
