package com.example.balancer;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PacketReceiver;
import org.sluice.packet.api.PacketSender;
import org.sluice.packet.api.PortClosedException;

/** A thread that takes packets of one port, changes them, and sends them by another one. */
abstract class Forwarding {
  private static final int BATCH = 64;
  private static final long SLEEP_NANOS = 1_000_000_000;
  private static final long AGAIN_NANOS = 1_000_000;

  private final PacketReceiver from;
  private final PacketSender to;
  private final Thread thread;

  /** Whether the packet before was one of several chunks that is not at its end. */
  private boolean within;

  private volatile boolean closed;
  private volatile long forwarded;
  private volatile long dropped;

  Forwarding(String name, PacketReceiver from, PacketSender to) {
    this.from = from;
    this.to = to;
    thread = Thread.ofPlatform().name("com.example.balancer/" + name).unstarted(this::work);
  }

  /** Changes a packet; whether it is to go on. */
  abstract boolean changes(Packet packet);

  void start() {
    thread.start();
  }

  /** When this returns the thread has ended, and holds no packet. */
  void close() throws InterruptedException {
    closed = true;
    from.wake();
    thread.join();
  }

  private void work() {
    Packet[] packets = new Packet[BATCH];
    try {
      while (!closed) {
        int got = from.receive(packets, BATCH);
        for (int i = 0; i < got; i++) {
          if (forward(packets[i])) {
            forwarded++;
          } else {
            dropped++;
          }
        }
        if (got > 0 || to.pending() > 0) {
          to.flush();
        }
        if (got == 0) {
          from.await(to.pending() > 0 ? AGAIN_NANOS : SLEEP_NANOS);
        }
      }
    } catch (PortClosedException e) {
      // Ports are closed by whoever opened them, when nothing is to be forwarded any more.
    }
  }

  /** The two ports have a memory each, so the packet is copied. It is ours to give back, always. */
  private boolean forward(Packet packet) {
    boolean whole = !within && !packet.continued();
    within = packet.continued();
    Packet out = null;
    try {
      if (whole && changes(packet)) {
        out = to.reserve();
        if (out != null && packet.length() <= out.tailroom()) {
          out.length(packet.length());
          MemorySegment.copy(
              packet.memory(), packet.address(), out.memory(), out.address(), packet.length());
          if (to.send(out)) {
            out = null;
            return true;
          }
        }
      }
      return false;
    } catch (PortClosedException e) {
      throw e;
    } catch (IllegalStateException e) {
      // The driver of one of the ports changed this moment, and its memory is gone.
      return false;
    } finally {
      packet.release();
      if (out != null) {
        out.release();
      }
    }
  }

  long forwarded() {
    return forwarded;
  }

  long dropped() {
    return dropped;
  }
}
