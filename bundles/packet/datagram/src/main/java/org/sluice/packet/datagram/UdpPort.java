// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.datagram;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.Pages;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;
import org.sluice.sys.Errno;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.SendArray;
import org.sluice.sys.socket.UdpSocket;
import org.sluice.sys.socket.UdpTuning;

/**
 * One socket, and the memory from which it sends and into which it receives. How it receives is
 * left open: {@link #pull}.
 */
public abstract class UdpPort implements DatagramPort {
  /** The most datagrams that one call moves. */
  protected static final int MOST = 64;

  /** Of all chunks, the part that may lie ready to be received into. */
  private static final int SHARE = 4;

  private static final int DONE = 0;

  /** The kernel has no room now. */
  private static final int FULL = 1;

  /** A run cannot be sent as one. */
  private static final int APART = 2;

  private final UdpDriver driver;
  private final DatagramSpec spec;
  private final UdpTuning tuning;
  private final UdpSocket socket;
  private final String title;
  private final int headroom;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final PageKind pages;
  private final ChunkPool pool;
  private final Gate receiving;
  private final Gate sending;
  private final Tally received = new Tally();
  private final Tally sent = new Tally();
  private final SendArray out;
  private final long[] places = new long[MOST];
  private final int[] origins = new int[MOST];
  private final long[] reserved = new long[MOST];
  private final ReentrantLock releasing = new ReentrantLock();
  private final long[] given = new long[MOST];
  private final ReentrantLock closing = new ReentrantLock();
  private volatile boolean closed;

  /**
   * @param opened what it is made of; the socket belongs to the driver
   * @param headroom at the beginning of a chunk, in bytes, that are not payload
   */
  protected UdpPort(UdpDriver driver, UdpDriver.Opened opened, int headroom) throws SysException {
    this.driver = driver;
    this.headroom = headroom;
    spec = opened.spec();
    tuning = opened.tuning();
    socket = opened.socket();
    title = driver.name() + " port at " + socket.binding();
    try {
      long size = (long) spec.chunks() * spec.chunkSize();
      MappedMemory mapped = MappedMemory.map(arena, size, kind(spec.pages()));
      memory = mapped.segment();
      pages = mapped.pages();
      out = new SendArray(arena, memory, MOST, socket.six());
    } catch (SysException | RuntimeException e) {
      arena.close();
      throw e;
    }
    pool = new ChunkPool(spec.chunks(), spec.chunkSize());
    receiving = new Gate(title, "receiving");
    sending = new Gate(title, "sending");
  }

  /**
   * Adds what has arrived to a batch that has room, by one call to the kernel, and counts in {@link
   * #received} all but the datagrams themselves. By one thread at a time.
   *
   * @return whether there may be more
   */
  protected abstract boolean pull(DatagramBatch into);

  /** Whether datagrams wait that the kernel has handed over already. */
  protected abstract boolean hasMore();

  /** Of the chunks that are with the port, how many the kernel may write to. */
  protected abstract int armed();

  /** How many hold a datagram that was not received yet. */
  protected abstract int waiting();

  /** In a few words: how it receives. */
  protected abstract String mode();

  /** Gives back to the kernel what it needed to receive; the last call, when no other runs. */
  protected abstract void release();

  /** For what must live as long as the port. */
  protected final Arena arena() {
    return arena;
  }

  protected final UdpSocket socket() {
    return socket;
  }

  protected final ChunkPool pool() {
    return pool;
  }

  protected final Tally received() {
    return received;
  }

  /** How many chunks may lie ready to be received into. */
  protected final int ready() {
    return Math.min(MOST, spec.chunks() / SHARE);
  }

  @Override
  public final String driver() {
    return driver.name();
  }

  @Override
  public final MemorySegment memory() {
    return memory;
  }

  @Override
  public final int chunkSize() {
    return spec.chunkSize();
  }

  @Override
  public final int payloadSize() {
    return spec.chunkSize() - headroom;
  }

  @Override
  public final InetSocketAddress local() {
    return socket.local();
  }

  @Override
  public final boolean await(long nanos) {
    receiving.enter();
    try {
      return hasMore() || socket.await(nanos);
    } finally {
      receiving.leave();
    }
  }

  @Override
  public final void wake() {
    open();
    socket.wake();
  }

  @Override
  public final int receive(DatagramBatch into) {
    receiving.enter();
    try {
      into.bind(memory);
      boolean more = true;
      while (more && !into.isFull()) {
        more = pull(into);
      }
      pool.handedOut(into.count());
      received.add(Tally.Of.RECEIVED, into.count());
      return into.count();
    } finally {
      receiving.leave();
    }
  }

  @Override
  public final int reserve(DatagramBatch into, int count) {
    sending.enter();
    try {
      if (into.isEmpty()) {
        into.bind(memory);
      }
      own(into);
      int wanted = Math.min(count, into.capacity() - into.count());
      int taken = 0;
      int came = 1;
      while (taken < wanted && came > 0) {
        came = pool.take(reserved, 0, Math.min(wanted - taken, MOST));
        for (int i = 0; i < came; i++) {
          into.add(reserved[i] + headroom, 0, payloadSize());
        }
        taken += came;
      }
      pool.handedOut(taken);
      return taken;
    } finally {
      sending.leave();
    }
  }

  @Override
  public final int send(DatagramBatch datagrams) {
    sending.enter();
    try {
      if (datagrams.isEmpty()) {
        return 0;
      }
      own(datagrams);
      datagrams.compact();
      inside(datagrams, spec.chunkSize() - 1, memory.byteSize());
      int count = datagrams.count();
      int taken = 0;
      int outcome = DONE;
      while (outcome != FULL && taken < count) {
        int part = Math.min(MOST, count - taken);
        out.clear(tuning.segments() && outcome != APART);
        fill(out, datagrams, taken, part, places, origins);
        outcome = push();
        int done = out.done();
        int gone = done == out.datagrams() ? part : origins[done];
        sent.add(Tally.Of.SEND_INVALID, gone - done);
        pool.release(places, 1, gone);
        taken += gone;
      }
      datagrams.removeFirst(taken);
      return taken;
    } finally {
      sending.leave();
    }
  }

  private static void fill(
      SendArray out, DatagramBatch from, int first, int count, long[] places, int[] origins) {
    for (int i = 0; i < count; i++) {
      int index = first + i;
      places[i] = from.address(index);
      origins[out.datagrams()] = i;
      out.add(
          from.address(index),
          from.length(index),
          from.remoteHigh(index),
          from.remoteLow(index),
          from.remotePort(index),
          from.localHigh(index),
          from.localLow(index),
          from.link(index));
    }
  }

  /** Hands over what is in the array, as far as the kernel has room, and counts it. */
  private int push() {
    while (!out.isDone()) {
      int before = out.done();
      int result = socket.send(out);
      sent.add(Tally.Of.WAKEUPS, 1);
      if (result == 0) {
        sent.add(Tally.Of.SENT, out.done() - before);
        sent.add(Tally.Of.SENT_BYTES, out.bytes(before, out.done()));
      } else if (result == -Errno.EAGAIN.number()) {
        return FULL;
      } else if (result != -Errno.EINTR.number()) {
        if (out.run() > 1) {
          return APART;
        }
        out.skip();
        sent.add(UdpSocket.never(-result) ? Tally.Of.SEND_INVALID : Tally.Of.SEND_DROPPED, 1);
      }
    }
    return DONE;
  }

  @Override
  public final void flush() {
    // The kernel has everything already; only the side is looked after.
    sending.enter();
    sending.leave();
  }

  @Override
  public final void release(DatagramBatch datagrams) {
    releasing.lock();
    try {
      open();
      if (datagrams.isEmpty()) {
        return;
      }
      own(datagrams);
      datagrams.compact();
      int count = datagrams.count();
      for (int at = 0; at < count; at += MOST) {
        int part = Math.min(MOST, count - at);
        for (int i = 0; i < part; i++) {
          given[i] = datagrams.address(at + i);
        }
        pool.release(given, 1, part);
      }
      datagrams.clear();
    } finally {
      releasing.unlock();
    }
  }

  @Override
  public final void join(Membership membership) throws PortException {
    open();
    try {
      socket.join(membership.group(), membership.link(), membership.source());
    } catch (SysException e) {
      if (closed) {
        throw new PortClosedException(title);
      }
      if (e.errno() != Errno.EADDRINUSE && e.errno() != Errno.EADDRNOTAVAIL) {
        throw new PortException(title + ": " + e.getMessage() + UdpDriver.advice(e), e);
      }
      if (e.errno() == Errno.EADDRNOTAVAIL || membership.source().isPresent()) {
        // For a source these tell that it is joined already, or that all sources are.
        throw new PortException(title + ": " + e.getMessage() + "; is it joined already?", e);
      }
    }
  }

  @Override
  public final void leave(Membership membership) {
    open();
    try {
      socket.leave(membership.group(), membership.link(), membership.source());
    } catch (SysException e) {
      // It was not joined, or the link is gone and has taken the membership with it.
    }
  }

  @Override
  public final PortStatistics statistics() {
    open();
    return new PortStatistics(
        received.get(Tally.Of.RECEIVED),
        received.get(Tally.Of.RECEIVED_BYTES),
        sent.get(Tally.Of.SENT),
        sent.get(Tally.Of.SENT_BYTES),
        socket.drops(),
        received.get(Tally.Of.RECEIVE_INVALID),
        sent.get(Tally.Of.SEND_DROPPED),
        sent.get(Tally.Of.SEND_INVALID),
        received.get(Tally.Of.WAKEUPS) + sent.get(Tally.Of.WAKEUPS));
  }

  @Override
  public final PortReport report() {
    open();
    FrameCensus census =
        new FrameCensus(pool.free(), armed(), waiting(), pool.held(), 0, 0, pool.total());
    Map<String, String> facts = new TreeMap<>();
    facts.put("pages", pages.text());
    facts.put("runs of one length", tuning.segments() ? "handed over as one" : "one by one");
    try {
      facts.put("receive buffer", socket.receiveBuffer() + " bytes");
      facts.put("send buffer", socket.sendBuffer() + " bytes");
    } catch (SysException e) {
      facts.put("buffers", String.valueOf(e.getMessage()));
    }
    spec.member()
        .ifPresent(member -> facts.put("member", member + " of " + spec.steering().members()));
    return new PortReport(
        driver.name(),
        socket.binding().toString(),
        mode(),
        socket.trouble().orElse("up"),
        census,
        List.of(),
        statistics(),
        facts);
  }

  @Override
  public final void close() {
    closing.lock();
    try {
      if (closed) {
        return;
      }
      receiving.shut(socket::wake);
      sending.shut(() -> {});
      releasing.lock();
      try {
        closed = true;
      } finally {
        releasing.unlock();
      }
      release();
      driver.closed(this, socket);
      arena.close();
    } finally {
      closing.unlock();
    }
  }

  private void open() {
    if (closed) {
      throw new PortClosedException(title);
    }
  }

  private void own(DatagramBatch batch) {
    if (!Port.sameMemory(batch.memory(), memory)) {
      throw new IllegalArgumentException("the batch holds datagrams of another port than " + title);
    }
  }

  /** What a holder added by hand must not make the kernel read beyond a chunk. */
  private static void inside(DatagramBatch batch, long mask, long size) {
    for (int i = 0; i < batch.count(); i++) {
      long address = batch.address(i);
      int length = batch.length(i);
      if (address < 0 || address >= size || length < 0 || (address & mask) + length > mask + 1) {
        throw new IndexOutOfBoundsException(
            "datagram %d at %d with %d bytes is not in a chunk of the port"
                .formatted(i, address, length));
      }
    }
  }

  private static PageKind kind(Pages pages) {
    return switch (pages) {
      case SMALL -> PageKind.SMALL;
      case AUTO, TRANSPARENT -> PageKind.TRANSPARENT;
      case HUGE -> PageKind.HUGE;
      case GIANT -> PageKind.GIANT;
    };
  }
}
