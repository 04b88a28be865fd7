// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.sys.Errno;
import org.sluice.sys.LinkState;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.ClassicProgram;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcMemory;
import org.sluice.sys.call.LibcSocket;
import org.sluice.sys.call.Waiter;

/**
 * A packet socket on one interface, of the network of the thread that opens it. It moves whole
 * frames and hears only what arrives, not what this host sends. Owns its descriptor.
 *
 * <p>It hears nothing until {@link #listen}, so what is set before holds for the first frame. One
 * thread receives and awaits, one sends; the other methods are for any thread. Who closes it must
 * have made the two leave before, by {@link #wake}.
 */
public final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOL_PACKET = 263;
  private static final int ADD_MEMBERSHIP = 1;
  private static final int DROP_MEMBERSHIP = 2;
  private static final int RX_RING = 5;
  private static final int STATISTICS = 6;
  private static final int AUXDATA = 8;
  private static final int VERSION = 10;
  private static final int TPACKET_V3 = 2;
  private static final int FRAME = 2048;
  private static final int FANOUT = 18;
  private static final int QDISC_BYPASS = 20;
  private static final int IGNORE_OUTGOING = 23;
  private static final int SO_ERROR = 4;
  private static final int SO_SNDBUF = 7;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int ETH_P_ALL = 0x0003;
  private static final int MULTICAST = 0;
  private static final int PROMISCUOUS = 1;
  private static final int ADDRESS_SIZE = 20;
  private static final int ADDRESS_INDEX = 4;

  private final String subject;
  private final Arena arena = Arena.ofShared();
  private final CallState receiving = new CallState(arena);
  private final CallState sending = new CallState(arena);
  private final CallState asking = new CallState(arena);
  private final ReentrantLock lock = new ReentrantLock();
  private final MemorySegment counted = arena.allocate(16, 8);
  private final MemorySegment countedSize = arena.allocate(JAVA_INT);
  private final NetworkInterface on;
  private final int descriptor;
  private final Waiter waiter;
  private long dropped;
  private boolean closed;

  private PacketSocket(String link) throws SysException {
    subject = "packet socket on " + link;
    int opened = -1;
    Waiter waits = null;
    try {
      on = NetworkInterface.open(link);
    } catch (SysException | RuntimeException e) {
      arena.close();
      throw e;
    }
    try {
      opened =
          check("socket", Libc.socket(asking, AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0));
      descriptor = opened;
      waits = Waiter.open(arena, opened);
      waiter = waits;
      option(SOL_PACKET, IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
      option(SOL_PACKET, AUXDATA, 1, "PACKET_AUXDATA");
      bind(0);
    } catch (SysException | RuntimeException e) {
      if (waits != null) {
        waits.close();
      }
      if (opened >= 0) {
        Libc.close(asking, opened);
      }
      on.close();
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a socket that can send and hears nothing yet.
   *
   * @throws SysException ENODEV without such an interface, EPERM without CAP_NET_RAW
   */
  public static PacketSocket open(String link) throws SysException {
    return new PacketSocket(link);
  }

  /** The number of the interface. */
  public int index() {
    return on.index();
  }

  /** Only what the program lets through is heard from now on. */
  public void filter(ClassicProgram program) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment description = scratch.allocate(16, 8);
      description.set(JAVA_SHORT, 0, (short) program.instructions().size());
      description.set(JAVA_LONG, 8, program.bytes(scratch).address());
      set(
          Libc.SOL_SOCKET,
          SO_ATTACH_FILTER,
          description,
          "SO_ATTACH_FILTER of " + program.instructions().size() + " instructions");
    }
  }

  /**
   * Room for what has arrived and was not received yet, and for what is being sent. Without
   * CAP_NET_ADMIN the kernel gives at most {@code net.core.rmem_max} and {@code wmem_max}.
   */
  public void buffers(int bytes) throws SysException {
    enlarge(Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, bytes, "SO_RCVBUF ");
    enlarge(SO_SNDBUFFORCE, SO_SNDBUF, bytes, "SO_SNDBUF ");
  }

  private void enlarge(int force, int ask, int bytes, String name) throws SysException {
    try {
      option(Libc.SOL_SOCKET, force, bytes, name + bytes);
    } catch (SysException e) {
      if (e.errno() != Errno.EPERM) {
        throw e;
      }
      option(Libc.SOL_SOCKET, ask, bytes, name + bytes);
    }
  }

  /** What is sent goes to the interface at once, past the queueing discipline. */
  public void bypass() throws SysException {
    option(SOL_PACKET, QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS");
  }

  /** The interface takes frames for other hosts too, until this is closed. */
  public void promiscuous() throws SysException {
    membership(ADD_MEMBERSHIP, PROMISCUOUS, new byte[0], "PACKET_ADD_MEMBERSHIP promiscuous");
  }

  /**
   * The interface takes frames to this group too, until this is closed, or has left it as often as
   * it has joined it.
   *
   * @param address six bytes
   */
  public void join(byte[] address) throws SysException {
    membership(ADD_MEMBERSHIP, MULTICAST, address, "PACKET_ADD_MEMBERSHIP multicast");
  }

  /** The interface need not take frames to this group for it; nothing when it did not join. */
  public void leave(byte[] address) throws SysException {
    membership(DROP_MEMBERSHIP, MULTICAST, address, "PACKET_DROP_MEMBERSHIP multicast");
  }

  private void membership(int option, int kind, byte[] address, String name) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment request = scratch.allocate(16, 4);
      request.set(JAVA_INT, 0, on.index());
      request.set(JAVA_SHORT, 4, (short) kind);
      request.set(JAVA_SHORT, 6, (short) address.length);
      MemorySegment.copy(address, 0, request, JAVA_BYTE, 8, address.length);
      set(SOL_PACKET, option, request, name);
    }
  }

  /**
   * What arrives is put into memory that is shared with the kernel, not received by {@link
   * #receive}. Before it listens, and once.
   *
   * @param size of a block in bytes, a power of two, from 4096
   * @param millis how long the kernel keeps a block that is not full
   */
  public PacketBlocks blocks(int count, int size, int millis) throws SysException {
    option(SOL_PACKET, VERSION, TPACKET_V3, "PACKET_VERSION 3");
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment request = scratch.allocate(28, 4);
      request.setAtIndex(JAVA_INT, 0, size);
      request.setAtIndex(JAVA_INT, 1, count);
      request.setAtIndex(JAVA_INT, 2, FRAME);
      request.setAtIndex(JAVA_INT, 3, size / FRAME * count);
      request.setAtIndex(JAVA_INT, 4, millis);
      set(SOL_PACKET, RX_RING, request, "PACKET_RX_RING of %d times %d".formatted(count, size));
    }
    lock.lock();
    try {
      return new PacketBlocks(map((long) size * count), count, size);
    } finally {
      lock.unlock();
    }
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  private MemorySegment map(long length) throws SysException {
    long address =
        LibcMemory.mmap(
            asking,
            length,
            LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
            LibcMemory.MAP_SHARED | LibcMemory.MAP_POPULATE,
            descriptor,
            0);
    if (address < 0) {
      throw new SysException(subject, "mmap", (int) -address);
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(length, arena, end -> unmap(end.address(), length));
  }

  private static void unmap(long address, long length) {
    try (Arena scratch = Arena.ofConfined()) {
      LibcMemory.munmap(new CallState(scratch), address, length);
    }
  }

  /**
   * Takes note of what happened to the interface; until then every {@link #await} ends at once. For
   * who does not {@link #receive}, which does so too.
   */
  public void settle() {
    lock.lock();
    try {
      if (!closed) {
        countedSize.set(JAVA_INT, 0, 4);
        Libc.getsockopt(asking, descriptor, Libc.SOL_SOCKET, SO_ERROR, counted, countedSize);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Hears from now on what arrives at the interface. */
  public void listen() throws SysException {
    bind(ETH_P_ALL);
  }

  /** Shares what arrives with the others of the group. It must listen, and so must they. */
  public void share(Fanout fanout) throws SysException {
    option(SOL_PACKET, FANOUT, fanout.argument(), "PACKET_FANOUT group " + fanout.group());
  }

  /**
   * Receives what has arrived; never waits and makes no object.
   *
   * @param places how many of the inbox may be filled, from the first on
   * @return how many were, or the negated errno; that of EAGAIN when nothing has arrived
   */
  public int receive(PacketInbox inbox, int places) {
    return LibcSocket.recvmmsgTelling(
        receiving, descriptor, inbox.address(), places, Libc.MSG_DONTWAIT);
  }

  /**
   * Sends packets; never waits and makes no object. The kernel copies them.
   *
   * @param from the first packet that is sent; all behind it are
   * @return how many were taken, or the negated errno for the first one
   */
  public int send(PacketOutbox outbox, int from) {
    return LibcSocket.sendmmsgTelling(
        sending, descriptor, outbox.address(from), outbox.packets() - from, Libc.MSG_DONTWAIT);
  }

  /**
   * Waits until something has arrived.
   *
   * @return whether something may have
   */
  public boolean await(long nanos) {
    return waiter.await(nanos);
  }

  /** Waits until it is woken, whatever arrives. */
  public void rest(long nanos) {
    waiter.rest(nanos);
  }

  /** How many queues its interface receives by. */
  public int queues() throws SysException {
    return on.facts().receiveQueues();
  }

  /** Ends a running {@link #await} or {@link #rest}, or the next one. */
  public void wake() {
    lock.lock();
    try {
      if (!closed) {
        waiter.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many frames were lost since it was opened, since there was no room to keep them. */
  public long dropped() {
    lock.lock();
    try {
      if (!closed) {
        countedSize.set(JAVA_INT, 0, 8);
        int asked =
            Libc.getsockopt(asking, descriptor, SOL_PACKET, STATISTICS, counted, countedSize);
        // The kernel begins anew with every answer.
        if (asked == 0) {
          dropped += Integer.toUnsignedLong(counted.get(JAVA_INT, 4));
        }
      }
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** How its interface is now. */
  public LinkState state() throws SysException {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment address = scratch.allocate(32, 4);
      MemorySegment size = scratch.allocateFrom(JAVA_INT, (int) address.byteSize());
      if (closed
          || Libc.getsockname(asking, descriptor, address, size) < 0
          || address.get(JAVA_INT, ADDRESS_INDEX) != on.index()) {
        return LinkState.GONE;
      }
      return on.state();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      waiter.close();
      // Nothing is written through it, so a failing close loses nothing.
      Libc.close(asking, descriptor);
      on.close();
      arena.close();
    } finally {
      lock.unlock();
    }
  }

  private void bind(int protocol) throws SysException {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment address = scratch.allocate(ADDRESS_SIZE, 4);
      address.set(JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(JAVA_BYTE, 2, (byte) (protocol >>> 8));
      address.set(JAVA_BYTE, 3, (byte) protocol);
      address.set(JAVA_INT, ADDRESS_INDEX, on.index());
      check("bind", Libc.bind(asking, descriptor, address));
    } finally {
      lock.unlock();
    }
  }

  private void option(int level, int option, int value, String name) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      set(level, option, scratch.allocateFrom(JAVA_INT, value), name);
    }
  }

  private void set(int level, int option, MemorySegment value, String name) throws SysException {
    lock.lock();
    try {
      if (closed) {
        throw new SysException(subject, "use", Errno.EBADF.number(), "the socket was closed");
      }
      check("setsockopt " + name, Libc.setsockopt(asking, descriptor, level, option, value));
    } finally {
      lock.unlock();
    }
  }

  private int check(String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException(subject, call, -result);
    }
    return result;
  }
}
