// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;

/** A port of frames that outlives its driver. */
final class SteadyFrames extends Steady<FramePort> implements FramePort {
  private final FrameSpec spec;
  private final Trace trace;
  private @Nullable Match match;

  SteadyFrames(FrameSpec spec, String wish, Drivers drivers, Trace trace, Runnable closed) {
    super(spec, wish, drivers, closed);
    this.spec = spec;
    this.trace = trace;
  }

  @Override
  void prepare(FramePort next) throws PortException {
    Match changed = match;
    if (changed != null) {
      next.match(changed);
    }
  }

  @Override
  public int receive(FrameBatch into) {
    receiving.enter();
    try {
      FramePort port = receiver();
      int got = port == null ? 0 : port.receive(into);
      if (got > 0 && trace.on()) {
        trace.received(spec.name(), into);
      }
      return got;
    } catch (PortClosedException e) {
      into.clear();
      return 0;
    } finally {
      receiving.leave();
    }
  }

  @Override
  public int reserve(FrameBatch into, int count) {
    sending.enter();
    try {
      FramePort port = sender();
      if (port == null) {
        return 0;
      }
      stale(port, into);
      return port.reserve(into, count);
    } catch (PortClosedException e) {
      into.clear();
      return 0;
    } finally {
      sending.leave();
    }
  }

  @Override
  public int send(FrameBatch frames) {
    sending.enter();
    try {
      FramePort port = sender();
      int number = frames.count();
      if (port == null || stale(port, frames)) {
        return port == null ? loseAll(frames) : number;
      }
      if (trace.on()) {
        trace.sent(spec.name(), frames);
      }
      return port.send(frames);
    } catch (PortClosedException e) {
      return loseAll(frames);
    } finally {
      sending.leave();
    }
  }

  /** Whether the frames are of a port that is gone; they are lost then. */
  private boolean stale(FramePort port, FrameBatch frames) {
    if (frames.isEmpty() || Port.sameMemory(frames.memory(), port.memory())) {
      return false;
    }
    loseAll(frames);
    return true;
  }

  private int loseAll(FrameBatch frames) {
    int number = frames.count();
    lost(number);
    frames.clear();
    return number;
  }

  @Override
  public void flush() {
    sending.enter();
    try {
      FramePort port = sender();
      if (port != null) {
        port.flush();
      }
    } catch (PortClosedException e) {
      // What was in it is lost, and counted by it.
    } finally {
      sending.leave();
    }
  }

  @Override
  public void release(FrameBatch frames) {
    FramePort port = any();
    try {
      if (port != null && !frames.isEmpty() && Port.sameMemory(frames.memory(), port.memory())) {
        port.release(frames);
      }
    } catch (PortClosedException e) {
      // Its chunks are gone with it.
    }
    frames.clear();
  }

  @Override
  public void match(Match match) throws PortException {
    moving.lock();
    try {
      FramePort port = any();
      if (port != null) {
        port.match(match);
      }
      this.match = match;
    } finally {
      moving.unlock();
    }
  }

  @Override
  public FramePort direct() throws PortException {
    return handOver().direct();
  }

  @Override
  public int headroom() {
    FramePort port = any();
    return port == null ? 0 : port.headroom();
  }

  @Override
  public int frameSize() {
    FramePort port = any();
    return port == null ? spec.chunkSize() : port.frameSize();
  }
}
