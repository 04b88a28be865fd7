// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.sluice.sys.Errno;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;
import org.sluice.sys.uring.Uring;

/**
 * Receives from a socket by io_uring: one request brings everything that has arrived, each datagram
 * in a chunk of a ring of chunks, after its addresses. Owns the ring, not the socket. One thread at
 * a time, which need not be the same for ever.
 *
 * <p>A request ends as soon as nothing more is there. So none is under way between two calls, and
 * neither a thread that ends nor one that takes over loses a datagram.
 */
public final class UringReceiver implements AutoCloseable {
  /** What precedes the payload in a chunk: a header, the sender and the control message. */
  public static final int HEADROOM = 128;

  private static final int HEADER = 16;
  private static final int CONTROL_AT = HEADER + Wire.NAME;
  private static final int CONTROL_ROOM = HEADROOM - CONTROL_AT;
  private static final byte OP_RECVMSG = 10;
  private static final byte FIXED_FILE = 1;
  private static final byte BUFFER_SELECT = 1 << 5;
  private static final short MULTISHOT = 1 << 1;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_TRUNC = 0x20;
  private static final int BUFFER = 1;
  private static final int MORE = 2;
  private static final int ENTRY = 16;

  /** Linux 6.18 brings 33 at a time; fewer than this, and there was no more. */
  private static final int BURST = 16;

  private static final long RING_TAIL = 14;
  private static final VarHandle SHORT = JAVA_SHORT.varHandle();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final MemorySegment ring;
  private final MemorySegment request;
  private final Uring uring;
  private final long[] chunks;
  private final int[] free;
  private final boolean six;
  private final int chunkSize;
  private int freeCount;
  private short tail;
  private boolean running;
  private boolean unfinished;
  private int unsubmitted;
  private int ready;
  private int index;
  private int held;
  private int result;
  private int came;
  private long chunk;

  /**
   * @param memory in which the chunks lie; it must live as long
   * @param places how many chunks it has at most; a power of two
   */
  public UringReceiver(UdpSocket socket, MemorySegment memory, int chunkSize, int places)
      throws SysException {
    this.memory = memory;
    this.chunkSize = chunkSize;
    six = socket.six();
    chunks = new long[places];
    free = new int[places];
    for (int i = 0; i < places; i++) {
      free[i] = i;
    }
    freeCount = places;
    Uring opened = null;
    try {
      opened = Uring.open(arena, 4, 4 * places);
      uring = opened;
      uring.file(arena, socket.descriptor());
      ring = MappedMemory.map(arena, (long) ENTRY * places, PageKind.SMALL).segment();
      uring.buffers(arena, ring, places);
      request = request(arena);
      attempt();
    } catch (SysException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      arena.close();
      throw e;
    }
  }

  /** What is needed for it, and whether it is there. */
  public static List<UdpProbe.Answer> needs() {
    List<UdpProbe.Answer> answers = new ArrayList<>();
    try (Arena scratch = Arena.ofShared();
        Uring ring = Uring.open(scratch, 4, 64)) {
      MemorySegment buffers = MappedMemory.map(scratch, 64L * ENTRY, PageKind.SMALL).segment();
      ring.buffers(scratch, buffers, 64);
      answers.add(new UdpProbe.Answer("io_uring", true, true, "with rings of buffers", ""));
    } catch (SysException e) {
      answers.add(
          new UdpProbe.Answer("io_uring", false, true, String.valueOf(e.getMessage()), advice(e)));
    }
    return answers;
  }

  /** What could be done about a failure to open one; empty when nothing comes to mind. */
  public static String advice(SysException e) {
    return switch (e.errno()) {
      case ENOSYS -> "the kernel has no io_uring, or a filter of a container hides it";
      case EPERM ->
          "io_uring is forbidden: see sysctl kernel.io_uring_disabled, or the seccomp filter of the"
              + " container";
      case EINVAL -> "it needs Linux 6.0 or later";
      case ENOMEM -> "raise LimitMEMLOCK";
      default -> "";
    };
  }

  /** How many chunks it could take. */
  public int wanted() {
    return freeCount;
  }

  /** How many chunks the kernel may write to, or has written to. */
  public int armed() {
    return chunks.length - freeCount;
  }

  /** How many of these hold a datagram that was not looked at yet. */
  public int waiting() {
    return held;
  }

  /**
   * Gives chunks to the kernel.
   *
   * @param from the addresses of whole chunks in the memory
   * @param count at most {@link #wanted}
   */
  public void arm(long[] from, int count) {
    Objects.checkFromIndexSize(0, count, freeCount);
    long base = memory.address();
    for (int i = 0; i < count; i++) {
      int place = free[--freeCount];
      long given = Objects.checkIndex(from[i], memory.byteSize() - chunkSize + 1);
      chunks[place] = given;
      long at = (long) ENTRY * (tail++ & (chunks.length - 1));
      ring.set(JAVA_LONG, at, base + given);
      ring.set(JAVA_INT, at + 8, chunkSize);
      ring.set(JAVA_SHORT, at + 12, (short) place);
    }
    SHORT.setRelease(ring, RING_TAIL, tail);
  }

  /** Has the kernel fill chunks with what has arrived. */
  public void receive() {
    if (!running) {
      uring.request(request);
      running = true;
      came = 0;
      unsubmitted = 1;
    }
    // What the kernel refuses for now is begun with by the next call.
    unsubmitted -= Math.max(0, uring.enter(unsubmitted));
    ready = uring.ready();
    held = ready;
  }

  /**
   * Whether the last request may have ended before it found nothing more: for want of chunks, or
   * since the kernel lets one request bring only so many at a time, lest others wait too long. It
   * does not tell which, so that whoever has many must ask again.
   */
  public boolean unfinished() {
    return unfinished;
  }

  /** Goes to the next datagram; false when there is none. */
  public boolean next() {
    while (index < ready) {
      result = uring.result(index);
      int flags = uring.flags(index);
      index++;
      held--;
      if ((flags & MORE) == 0) {
        running = false;
        held = 0;
        unfinished = came >= BURST || result == -Errno.ENOBUFS.number();
      }
      if ((flags & BUFFER) != 0) {
        int place = flags >>> 16;
        chunk = chunks[place];
        free[freeCount++] = place;
        came++;
        return true;
      }
    }
    return false;
  }

  /** Makes room for new ones; called when enough of them have been looked at. */
  public void done() {
    uring.taken(index);
    ready -= index;
    index = 0;
  }

  /** The chunk of this datagram, which belongs to the caller from now on. */
  public long chunk() {
    return chunk;
  }

  /** Whether it did not fit, or came broken. */
  public boolean truncated() {
    return result < HEADROOM || (memory.get(JAVA_INT, chunk + 12) & MSG_TRUNC) != 0;
  }

  /** Of the payload, as far as it fitted. */
  public int length() {
    return Math.min(result, chunkSize) - HEADROOM;
  }

  public long remoteHigh() {
    return Wire.high(memory, chunk + HEADER, six);
  }

  public long remoteLow() {
    return Wire.low(memory, chunk + HEADER, six);
  }

  public int remotePort() {
    return Wire.port(memory, chunk + HEADER);
  }

  /** Whether the kernel told where the datagram came to. */
  public boolean located() {
    long length = Integer.toUnsignedLong(memory.get(JAVA_INT, chunk + 4));
    return Wire.located(memory, chunk + CONTROL_AT, Math.min(length, CONTROL_ROOM), six);
  }

  public long localHigh() {
    return Wire.localHigh(memory, chunk + CONTROL_AT, six);
  }

  public long localLow() {
    return Wire.localLow(memory, chunk + CONTROL_AT, six);
  }

  public int link() {
    return Wire.link(memory, chunk + CONTROL_AT, six);
  }

  @Override
  public void close() {
    uring.close();
    arena.close();
  }

  /** Without a chunk it fails in any case; the way in which it does tells what the kernel knows. */
  private void attempt() throws SysException {
    receive();
    int answer = ready > 0 ? uring.result(0) : 0;
    next();
    done();
    if (answer == -Errno.EINVAL.number() || answer == -Errno.ENOTSUP.number()) {
      throw new SysException("io_uring", "IORING_OP_RECVMSG", -answer);
    }
  }

  private static MemorySegment request(Arena arena) {
    MemorySegment header = arena.allocate(56, 8);
    header.set(JAVA_INT, 8, Wire.NAME);
    header.set(JAVA_LONG, 40, CONTROL_ROOM);
    MemorySegment request = arena.allocate(Uring.REQUEST, 8);
    request.set(JAVA_BYTE, 0, OP_RECVMSG);
    request.set(JAVA_BYTE, 1, (byte) (FIXED_FILE | BUFFER_SELECT));
    request.set(JAVA_SHORT, 2, MULTISHOT);
    request.set(JAVA_LONG, 16, header.address());
    request.set(JAVA_INT, 24, 1);
    request.set(JAVA_INT, 28, MSG_DONTWAIT);
    return request;
  }
}
