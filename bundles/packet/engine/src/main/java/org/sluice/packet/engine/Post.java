// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PacketHandler;

/** One handler in its place: what it wants, what it has done, and whether it is still called. */
final class Post {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final PacketHandler handler;
  private final String name;
  private final String bundle;
  private final Match match;
  private final Map<String, String> asked;
  private final int ranking;
  private final long id;
  private final int mostFaults;
  private final LongAdder batches = new LongAdder();
  private final LongAdder frames = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private volatile boolean out;
  private volatile String lastFault = "";
  private int recentFaults;
  private long minute = System.nanoTime();

  /**
   * @param name of the class, for people
   * @param bundle it came from
   * @param asked of the port, by property
   * @param id of the service, which orders those of the same ranking
   */
  Post(
      PacketHandler handler,
      String name,
      String bundle,
      Match match,
      Map<String, String> asked,
      int ranking,
      long id,
      int mostFaults) {
    this.handler = handler;
    this.name = name;
    this.bundle = bundle;
    this.match = match;
    this.asked = asked;
    this.ranking = ranking;
    this.id = id;
    this.mostFaults = mostFaults;
  }

  /** On the thread of the queue. */
  void begin(FramePort port) {
    guarded(() -> handler.begin(port));
  }

  void end(FramePort port) {
    guarded(() -> handler.end(port));
  }

  void idle() {
    guarded(handler::idle);
  }

  /** Whether the handler came back as it should. */
  boolean handle(FrameBatch batch) {
    if (out) {
      return true;
    }
    try {
      batches.increment();
      frames.add(batch.count());
      handler.handle(batch);
      return true;
    } catch (Throwable t) {
      fault(t);
      return false;
    }
  }

  private void guarded(Runnable call) {
    if (!out) {
      try {
        call.run();
      } catch (Throwable t) {
        fault(t);
      }
    }
  }

  private synchronized void fault(Throwable t) {
    faults.increment();
    lastFault = t.toString();
    long now = System.nanoTime();
    if (now - minute > MINUTE_NANOS) {
      minute = now;
      recentFaults = 0;
    }
    recentFaults++;
    if (recentFaults == 1) {
      LOG.log(WARNING, "handler " + name + " of " + bundle + " failed; its batch is dropped", t);
    }
    if (recentFaults >= mostFaults) {
      out = true;
      LOG.log(
          ERROR,
          "handler {0} of {1} failed {2} times in a minute and is no longer called, until it is replaced; the last time: {3}",
          name,
          bundle,
          recentFaults,
          lastFault);
    }
  }

  PacketHandler handler() {
    return handler;
  }

  String name() {
    return name;
  }

  String bundle() {
    return bundle;
  }

  Match match() {
    return match;
  }

  /** What the port is to be like, by property of the handler. */
  Map<String, String> asked() {
    return asked;
  }

  int ranking() {
    return ranking;
  }

  long id() {
    return id;
  }

  boolean out() {
    return out;
  }

  long batches() {
    return batches.sum();
  }

  long frames() {
    return frames.sum();
  }

  long faults() {
    return faults.sum();
  }

  String lastFault() {
    return lastFault;
  }
}
