// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.sluice.packet.api.PortClosedException;

/**
 * Lets one thread at a time into one side of a port, and nobody after it was shut.
 *
 * <p>Costs one compare-and-set and one ordered store per passage, so it is passed once per batch,
 * not per packet.
 */
public final class Gate {
  private static final int FREE = 0;
  private static final int TAKEN = 1;
  private static final int SHUT = 2;
  private static final long PAUSE = 100_000;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Gate.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String port;
  private final String side;

  @SuppressWarnings("UnusedVariable") // by STATE
  private volatile int state;

  /** Who comes and goes all the time would else hardly ever be found outside. */
  private volatile boolean shutting;

  /**
   * @param port for messages: {@code xdp port on eth0}
   * @param side {@code receiving}
   */
  public Gate(String port, String side) {
    this.port = port;
    this.side = side;
  }

  /**
   * Enters; {@link #leave} must follow, in a finally block.
   *
   * @throws PortClosedException when the gate was shut
   * @throws IllegalStateException when another thread, or this one, is inside
   */
  public void enter() {
    if (!tryEnter()) {
      refuse();
    }
  }

  /** Enters unless it is shut or somebody is inside. */
  public boolean tryEnter() {
    if (!STATE.compareAndSet(this, FREE, TAKEN)) {
      return false;
    }
    if (shutting) {
      leave();
      return false;
    }
    return true;
  }

  public void leave() {
    STATE.setRelease(this, FREE);
  }

  /**
   * Shuts the gate for ever, when whoever is inside has left; nobody enters from now on.
   *
   * @param nudge called until then, to make who waits inside leave
   * @return whether it was this call that shut it
   */
  public boolean shut(Runnable nudge) {
    shutting = true;
    while (!STATE.compareAndSet(this, FREE, SHUT)) {
      if ((int) STATE.getVolatile(this) == SHUT) {
        return false;
      }
      nudge.run();
      LockSupport.parkNanos(this, PAUSE);
    }
    return true;
  }

  private void refuse() {
    if (shutting) {
      throw new PortClosedException(port);
    }
    throw new IllegalStateException(
        "two threads use the " + side + " side of the " + port + " at once");
  }
}
