// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcMemory;
import org.sluice.sys.call.LibcSocket;

/**
 * One socket of AF_XDP on one queue of an interface. Owns its descriptor and its rings; the memory
 * of the frames belongs to who registered it, and must stay until the socket is closed.
 *
 * <p>First the sizes are said, which maps the rings; then the socket is bound; then it works.
 * {@link #transmit} and the methods that wait or wake the kernel may each be called by one thread
 * at a time.
 */
public final class XdpSocket implements AutoCloseable {
  /** The kernel copies; every driver can. */
  public static final int COPY = 1 << 1;

  /** The interface writes into the memory itself; few drivers can. */
  public static final int ZERO_COPY = 1 << 2;

  /** The kernel says when it wants to be woken, instead of looking by itself. */
  public static final int NEED_WAKEUP = 1 << 3;

  /** Packets may lie in several chunks. */
  public static final int SEVERAL_BUFFERS = 1 << 4;

  private static final int SHARED_UMEM = 1;
  private static final int AF_XDP = 44;
  private static final int SOL_XDP = 283;
  private static final int MMAP_OFFSETS = 1;
  private static final int RX_RING = 2;
  private static final int TX_RING = 3;
  private static final int UMEM_REG = 4;
  private static final int TX_SOFTWARE = 1 << 1;
  private static final int TX_METADATA = 1 << 2;
  private static final int FILL_RING = 5;
  private static final int COMPLETION_RING = 6;
  private static final int STATISTICS = 7;
  private static final int OPTIONS = 8;
  private static final int MAX_TX_BUDGET = 9;
  private static final long RX_AT = 0;
  private static final long TX_AT = 0x8000_0000L;
  private static final long FILL_AT = 0x1_0000_0000L;
  private static final long COMPLETION_AT = 0x1_8000_0000L;
  private static final int DESCRIPTOR = 16;
  private static final int ADDRESS = 8;
  private static final int SO_PREFER_BUSY_POLL = 69;
  private static final int SO_BUSY_POLL = 46;
  private static final int SO_BUSY_POLL_BUDGET = 70;
  private static final int SO_SNDBUFFORCE = 32;

  private final String subject;
  private final Arena arena = Arena.ofShared();
  private final Arena mappings = Arena.ofShared();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CallState sending;
  private final CallState receiving;
  private final MemorySegment nothing;
  private final int descriptor;
  private final @Nullable XdpSocket owner;
  private @Nullable XdpRing receive;
  private @Nullable XdpRing transmit;
  private @Nullable XdpRing fill;
  private @Nullable XdpRing completion;

  private XdpSocket(String subject, @Nullable XdpSocket owner) throws SysException {
    this.subject = subject;
    this.owner = owner;
    sending = new CallState(arena);
    receiving = new CallState(arena);
    nothing = MemorySegment.NULL;
    int opened = Libc.socket(sending, AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
    if (opened < 0) {
      arena.close();
      mappings.close();
      throw new SysException(subject, "socket AF_XDP", -opened);
    }
    descriptor = opened;
  }

  /**
   * Opens a socket in the calling thread's network, with memory of its own.
   *
   * @param subject for messages: {@code eth0, queue 0}
   * @param memory of the frames, beginning at a page
   * @param chunk the length of a chunk: 2048 or 4096
   * @throws SysException ENOBUFS when the process may not lock that much memory
   */
  public static XdpSocket open(String subject, MemorySegment memory, int chunk)
      throws SysException {
    return open(subject, memory, chunk, 0, false);
  }

  /**
   * The same, for frames that ask something of the interface.
   *
   * @param metadata how many bytes before a frame that is sent are for that; 0 for none
   * @param software whether the kernel does it, and not the interface; only without zero-copy
   * @throws SysException EINVAL when the kernel knows no metadata of frames that are sent
   */
  public static XdpSocket open(
      String subject, MemorySegment memory, int chunk, int metadata, boolean software)
      throws SysException {
    XdpSocket socket = new XdpSocket(subject, null);
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment registration = scratch.allocate(32, 8);
      registration.set(JAVA_LONG, 0, memory.address());
      registration.set(JAVA_LONG, 8, memory.byteSize());
      registration.set(JAVA_INT, 16, chunk);
      if (metadata > 0) {
        registration.set(JAVA_INT, 24, TX_METADATA | (software ? TX_SOFTWARE : 0));
        registration.set(JAVA_INT, 28, metadata);
      }
      socket.option(SOL_XDP, UMEM_REG, "XDP_UMEM_REG", registration);
      return socket;
    } catch (SysException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Opens a socket that uses the memory of another one, on another queue or interface.
   *
   * @param owner was opened with memory and is bound; it must be closed later than this one
   */
  public static XdpSocket sharing(String subject, XdpSocket owner) throws SysException {
    return new XdpSocket(subject, owner);
  }

  /** Makes the rings for receiving, before the socket is bound. */
  public void receiveRings(int size) throws SysException {
    size(FILL_RING, "XDP_UMEM_FILL_RING", size);
    size(RX_RING, "XDP_RX_RING", size);
    fill = ring(64, FILL_AT, ADDRESS, size);
    receive = ring(0, RX_AT, DESCRIPTOR, size);
  }

  /** Makes the rings for sending, before the socket is bound. */
  public void transmitRings(int size) throws SysException {
    size(COMPLETION_RING, "XDP_UMEM_COMPLETION_RING", size);
    size(TX_RING, "XDP_TX_RING", size);
    completion = ring(96, COMPLETION_AT, ADDRESS, size);
    transmit = ring(32, TX_AT, DESCRIPTOR, size);
  }

  /**
   * Makes the other two rings as small as may be: the kernel wants a fill and a completion ring
   * even from who only sends or only receives.
   */
  public void missingRings() throws SysException {
    if (fill == null) {
      size(FILL_RING, "XDP_UMEM_FILL_RING", 2);
    }
    if (completion == null) {
      size(COMPLETION_RING, "XDP_UMEM_COMPLETION_RING", 2);
    }
  }

  /** How many frames one call of {@link #transmit} may send; the kernel's default is 32. */
  public void transmitBudget(int frames) throws SysException {
    number(SOL_XDP, MAX_TX_BUDGET, "XDP_MAX_TX_SKB_BUDGET", frames);
  }

  /** How many bytes may be on their way at once, in the kernel's count. Needs CAP_NET_ADMIN. */
  public void sendBuffer(int bytes) throws SysException {
    number(Libc.SOL_SOCKET, SO_SNDBUFFORCE, "SO_SNDBUFFORCE", bytes);
  }

  /**
   * Has the kernel work for this socket only when it is asked to, instead of by interrupts.
   *
   * @param micros how long a call looks for packets
   * @param budget how many packets it handles at most
   */
  public void busyPoll(int micros, int budget) throws SysException {
    number(Libc.SOL_SOCKET, SO_PREFER_BUSY_POLL, "SO_PREFER_BUSY_POLL", 1);
    number(Libc.SOL_SOCKET, SO_BUSY_POLL, "SO_BUSY_POLL", micros);
    number(Libc.SOL_SOCKET, SO_BUSY_POLL_BUDGET, "SO_BUSY_POLL_BUDGET", budget);
  }

  /**
   * Binds the socket to a queue. It works from now on.
   *
   * @param index of the interface in the calling thread's network
   * @param flags such as {@link #COPY}; none for a socket that shares memory
   * @throws SysException EBUSY when the queue is taken; EOPNOTSUPP when the driver of the interface
   *     cannot do what the flags ask for; EINVAL when there is no such queue
   */
  public void bind(int index, int queue, int flags) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment address = scratch.allocate(16, 4);
      address.set(JAVA_SHORT, 0, (short) AF_XDP);
      address.set(JAVA_SHORT, 2, (short) (owner == null ? flags : SHARED_UMEM));
      address.set(JAVA_INT, 4, index);
      address.set(JAVA_INT, 8, queue);
      address.set(JAVA_INT, 12, owner == null ? 0 : owner.descriptor);
      check("bind", Libc.bind(new CallState(scratch), descriptor, address));
    }
  }

  public Optional<XdpRing> receive() {
    return Optional.ofNullable(receive);
  }

  public Optional<XdpRing> transmit() {
    return Optional.ofNullable(transmit);
  }

  public Optional<XdpRing> fill() {
    return Optional.ofNullable(fill);
  }

  public Optional<XdpRing> completion() {
    return Optional.ofNullable(completion);
  }

  /** Whether the interface reads and writes the memory itself. */
  public boolean zeroCopy() throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      return read(scratch, OPTIONS, "XDP_OPTIONS", 4).get(JAVA_INT, 0) != 0;
    }
  }

  public XdpStatistics statistics() throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment read = read(scratch, STATISTICS, "XDP_STATISTICS", 48);
      return new XdpStatistics(
          read.get(JAVA_LONG, 0),
          read.get(JAVA_LONG, 8),
          read.get(JAVA_LONG, 16),
          read.get(JAVA_LONG, 24),
          read.get(JAVA_LONG, 32),
          read.get(JAVA_LONG, 40));
    }
  }

  /** Has packets that the program sends to this entry of the map delivered here. */
  public void enter(BpfMap map, int entry) throws SysException {
    map.put(entry, descriptor);
  }

  /**
   * Has the kernel send what is in the transmit ring.
   *
   * @return 0, or the negated errno: EAGAIN when some are left, EBUSY when the interface refused
   *     one and lost it, ENETDOWN when it is down
   */
  public int transmitNow() {
    if (LibcSocket.kick(descriptor, Libc.MSG_DONTWAIT) >= 0) {
      return 0;
    }
    // Once more, to be told why; what could not be sent is still there.
    return (int) Libc.sendto(sending, descriptor, nothing, Libc.MSG_DONTWAIT, nothing);
  }

  /** Has the kernel look at the fill ring, and at the interface when busy polling. */
  public int receiveNow() {
    return (int) Libc.recvfrom(receiving, descriptor, nothing, Libc.MSG_DONTWAIT, nothing, nothing);
  }

  int descriptor() {
    return descriptor;
  }

  /** Nobody may be in a call. The rings are gone afterwards, and the queue is free. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      // The kernel keeps the queue as long as a ring is mapped, so the mappings go first.
      mappings.close();
      Libc.close(sending, descriptor);
      arena.close();
    }
  }

  private XdpRing ring(long offsetsAt, long page, int entry, int size) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment offsets = read(scratch, MMAP_OFFSETS, "XDP_MMAP_OFFSETS", 128);
      long entries = offsets.get(JAVA_LONG, offsetsAt + 16);
      long length = entries + (long) entry * size;
      long address =
          LibcMemory.mmap(
              new CallState(scratch),
              length,
              LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
              LibcMemory.MAP_SHARED | LibcMemory.MAP_POPULATE,
              descriptor,
              page);
      if (address < 0) {
        throw new SysException(subject, "mmap of a ring", (int) -address);
      }
      return new XdpRing(
          mapped(address, length),
          offsets.get(JAVA_LONG, offsetsAt),
          offsets.get(JAVA_LONG, offsetsAt + 8),
          offsets.get(JAVA_LONG, offsetsAt + 24),
          entries,
          size);
    }
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  private MemorySegment mapped(long address, long length) {
    return MemorySegment.ofAddress(address)
        .reinterpret(
            length,
            mappings,
            ring -> {
              try (Arena scratch = Arena.ofConfined()) {
                LibcMemory.munmap(new CallState(scratch), ring.address(), length);
              }
            });
  }

  private MemorySegment read(Arena scratch, int option, String name, int size) throws SysException {
    MemorySegment value = scratch.allocate(size, 8);
    MemorySegment length = scratch.allocateFrom(JAVA_INT, size);
    check(
        "getsockopt " + name,
        Libc.getsockopt(new CallState(scratch), descriptor, SOL_XDP, option, value, length));
    return value;
  }

  private void size(int option, String name, int entries) throws SysException {
    number(SOL_XDP, option, name, entries);
  }

  private void number(int level, int option, String name, int value) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      option(level, option, name + " " + value, scratch.allocateFrom(JAVA_INT, value));
    }
  }

  private void option(int level, int option, String name, MemorySegment value) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      check(
          "setsockopt " + name,
          Libc.setsockopt(new CallState(scratch), descriptor, level, option, value));
    }
  }

  private void check(String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException("XDP socket on " + subject, call, -result);
    }
  }
}
