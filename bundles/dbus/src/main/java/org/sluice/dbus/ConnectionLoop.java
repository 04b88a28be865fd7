// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Makes a connection to a bus, serves it until it ends, and makes the next one. Owns the thread
 * {@code dbus/io}, which alone touches the socket.
 */
final class ConnectionLoop {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final Duration GREETING = Duration.ofSeconds(15);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration STABLE = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(5);

  private final BusAddress address;
  private final Served served;
  private final Selector selector;
  private final Thread thread;
  private volatile boolean closing;

  /**
   * Whoever the connection is for. Called on the thread of the loop only: {@link #opened}, then
   * what is received and {@link #turned} in turns, then {@link #ended}, and all of it again.
   */
  interface Served extends Session.Receiver {

    /** There is a socket; nothing was sent on it yet. */
    void opened(Session session) throws IOException;

    /** What was there to be read was received, or time has passed; sends what waits. */
    void turned(Session session) throws IOException;

    /** Nanoseconds until {@link #turned} is to be called even if nothing comes. */
    OptionalLong untilNext(long now);

    /** Whether the bus has greeted; it is given some time for it. */
    boolean greeted();

    /** The connection ended, or could not be made. */
    void ended(String why);
  }

  ConnectionLoop(BusAddress address, Served served) {
    this.address = address;
    this.served = served;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for a connection to " + address, e);
    }
    this.thread = Thread.ofPlatform().name("dbus/io").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Has {@link Served#turned} called soon. */
  void wake() {
    if (Thread.currentThread() != thread) {
      selector.wakeup();
    }
  }

  /** Ends the connection and waits for the thread. */
  void close() {
    closing = true;
    selector.wakeup();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(END)) {
        LOG.log(System.Logger.Level.ERROR, "the thread dbus/io does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closing) {
      long start = System.nanoTime();
      served.ended(serve());
      boolean stable = System.nanoTime() - start > STABLE.toNanos();
      pause(stable ? FIRST_PAUSE : pause);
      pause = stable ? FIRST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
    }
    served.ended("the connection was closed");
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a selector", e);
    }
  }

  /** One connection, from its beginning to its end; tells why it ended. */
  private String serve() {
    try (Session opened = Session.open(address, selector)) {
      served.opened(opened);
      long greeted = System.nanoTime() + GREETING.toNanos();
      while (!closing) {
        selector.select(untilNext(greeted));
        selector.selectedKeys().clear();
        opened.receive(served);
        served.turned(opened);
        if (!served.greeted() && System.nanoTime() - greeted > 0) {
          return address + ": the bus does not greet";
        }
      }
      return "the connection was closed";
    } catch (IOException | MalformedMessageException e) {
      return address + ": " + e.getMessage();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the connection to " + address + " failed", e);
      return address + ": " + e;
    }
  }

  private long untilNext(long greeted) {
    long now = System.nanoTime();
    long nanos = served.untilNext(now).orElse(Long.MAX_VALUE);
    if (!served.greeted()) {
      nanos = Math.min(nanos, Math.max(0, greeted - now));
    }
    // Rounded up; 0 would wait without end.
    return nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  private void pause(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toMillis(); left > 0 && !closing; ) {
      try {
        selector.select(left);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "waiting before the next connection", e);
      }
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
