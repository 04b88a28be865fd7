// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;

/**
 * One netlink socket of the network namespace in which it was opened. Owns its descriptor.
 *
 * <p>One thread receives; any thread may send, wake and close. {@link #close} ends a waiting {@link
 * #receive} and returns when the descriptor is closed, so a number is never used after the kernel
 * gave it to somebody else. Only the kernel is heard: datagrams from other processes are dropped.
 */
public final class NetlinkSocket implements AutoCloseable {
  /** Links, addresses, routes, rules, neighbours. */
  public static final int ROUTE = 0;

  private static final int ADD_MEMBERSHIP = 1;
  private static final int CAP_ACK = 10;
  private static final int EXT_ACK = 11;
  private static final int STRICT_CHECK = 12;

  private static final int ADDRESS_SIZE = 12;
  private static final int ADDRESS_PORT = 4;
  private static final int LARGEST_DUMP_PART = 64 * 1024;
  private static final int LARGEST_DATAGRAM = 16 * 1024 * 1024;

  private final String subject;
  private final Arena arena = Arena.ofShared();
  private final ReentrantLock receiving = new ReentrantLock();
  private final ReentrantLock sending = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CallState receiveState = new CallState(arena);
  private final CallState sendState = new CallState(arena);
  private final MemorySegment kernel = arena.allocate(ADDRESS_SIZE, 4);
  private final MemorySegment sender = arena.allocate(ADDRESS_SIZE, 4);
  private final MemorySegment senderLength = arena.allocate(JAVA_INT);
  private final MemorySegment polled = arena.allocate(16, 4);
  private final MemorySegment counter = arena.allocate(JAVA_LONG);
  private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
  private final NetlinkMessage message = new NetlinkMessage();
  private MemorySegment buffer = arena.allocate(LARGEST_DUMP_PART, 8);
  private final int descriptor;
  private final int wakeUp;
  private final int port;

  private NetlinkSocket(int family, int receiveBuffer) throws SysException {
    subject = "netlink family " + family;
    int opened = -1;
    int event = -1;
    try {
      opened =
          check(
              "socket",
              Libc.socket(sendState, Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, family));
      event = check("eventfd", Libc.eventfd(sendState, 0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK));
      descriptor = opened;
      wakeUp = event;
      enlarge(receiveBuffer);
      option(EXT_ACK, 1, "NETLINK_EXT_ACK");
      option(CAP_ACK, 1, "NETLINK_CAP_ACK");
      option(STRICT_CHECK, 1, "NETLINK_GET_STRICT_CHK");
      port = bind();
      watch(0, descriptor);
      watch(8, wakeUp);
    } catch (SysException | RuntimeException e) {
      release(opened);
      release(event);
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a socket in the network namespace of the calling thread, with strict checking of requests
   * and with errors in words.
   *
   * @param family such as {@link #ROUTE}
   * @param receiveBuffer room in bytes for what the kernel sends before it is read. Without the
   *     privilege CAP_NET_ADMIN the kernel gives at most twice {@code net.core.rmem_max}.
   */
  public static NetlinkSocket open(int family, int receiveBuffer) throws SysException {
    return new NetlinkSocket(family, receiveBuffer);
  }

  /** Receives from now on what the kernel tells to this group. */
  public void join(int group) throws SysException {
    option(ADD_MEMBERSHIP, group, "NETLINK_ADD_MEMBERSHIP " + group);
  }

  /** The address of this socket among those of its namespace; the kernel is 0. */
  public int port() {
    return port;
  }

  /** The room for what was not read yet, in bytes as the kernel counts them. */
  public int receiveBuffer() throws SysException {
    sending.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      MemorySegment length = scratch.allocateFrom(JAVA_INT, 4);
      MemorySegment value = scratch.allocate(JAVA_INT);
      check(
          "getsockopt SO_RCVBUF",
          Libc.getsockopt(sendState, descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, value, length));
      return value.get(JAVA_INT, 0);
    } finally {
      sending.unlock();
    }
  }

  /** Sends all messages of the builder to the kernel in one call. */
  public void send(NetlinkBuilder messages) throws SysException {
    MemorySegment bytes = messages.bytes();
    sending.lock();
    try {
      open();
      long sent;
      do {
        sent = Libc.sendto(sendState, descriptor, bytes, 0, kernel);
      } while (sent == -Errno.EINTR.number());
      check("sendto", (int) sent);
    } finally {
      sending.unlock();
    }
  }

  /**
   * Waits for a datagram.
   *
   * @param timeoutMillis 0 not to wait, -1 to wait without end
   * @return {@link Arrival#MESSAGES} when {@link #messages} has something
   */
  public Arrival receive(int timeoutMillis) throws SysException {
    receiving.lock();
    try {
      long end = System.nanoTime() + timeoutMillis * 1_000_000L;
      int left = timeoutMillis;
      while (!closed.get()) {
        Arrival arrival = read();
        if (arrival != Arrival.TIMEOUT) {
          return arrival;
        }
        int ready = Libc.poll(receiveState, polled, left);
        if (ready == 0) {
          return Arrival.TIMEOUT;
        }
        if (ready != -Errno.EINTR.number()) {
          check("poll", ready);
          if (polled.get(JAVA_SHORT, 14) != 0 && !closed.get()) {
            Libc.read(receiveState, wakeUp, counter);
            return Arrival.WOKEN;
          }
        }
        left = timeoutMillis < 0 ? -1 : (int) Math.max(0, (end - System.nanoTime()) / 1_000_000);
      }
      return Arrival.CLOSED;
    } finally {
      receiving.unlock();
    }
  }

  /** What the last {@link #receive} brought; the same object every time, for the receiver. */
  public NetlinkMessage messages() {
    return message;
  }

  /** Ends a waiting {@link #receive}, or the next one. */
  public void wake() {
    sending.lock();
    try {
      if (!closed.get()) {
        Libc.write(sendState, wakeUp, one);
      }
    } finally {
      sending.unlock();
    }
  }

  @Override
  public void close() {
    sending.lock();
    try {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      Libc.write(sendState, wakeUp, one);
    } finally {
      sending.unlock();
    }
    // The receiver leaves its call before the descriptor goes.
    receiving.lock();
    try {
      release(descriptor);
      release(wakeUp);
      arena.close();
    } finally {
      receiving.unlock();
    }
  }

  /**
   * One datagram of the kernel, or {@link Arrival#TIMEOUT} when there is none now.
   *
   * <p>After an overrun the kernel drops everything, without a further word, until the queue was
   * read empty. So it is emptied before the overrun is told: what the caller asks for then, and
   * what it hears from then on, fit together.
   */
  private Arrival read() throws SysException {
    boolean overrun = false;
    while (true) {
      senderLength.set(JAVA_INT, 0, ADDRESS_SIZE);
      long size =
          Libc.recvfrom(
              receiveState,
              descriptor,
              buffer,
              Libc.MSG_DONTWAIT | Libc.MSG_TRUNC,
              sender,
              senderLength);
      if (size == -Errno.EAGAIN.number()) {
        return overrun ? Arrival.OVERRUN : Arrival.TIMEOUT;
      }
      if (size == -Errno.ENOBUFS.number()) {
        overrun = true;
        continue;
      }
      if (size == -Errno.EINTR.number()) {
        continue;
      }
      check("recvfrom", (int) size);
      if (sender.get(JAVA_INT_UNALIGNED, ADDRESS_PORT) != 0) {
        continue;
      }
      if (overrun) {
        continue;
      }
      if (size > buffer.byteSize()) {
        grow(size);
        return Arrival.OVERRUN;
      }
      message.wrap(buffer, 0, size);
      return Arrival.MESSAGES;
    }
  }

  /** The datagram that did not fit is lost; the next one of its size is not. */
  private void grow(long size) throws SysException {
    if (size > LARGEST_DATAGRAM) {
      throw new SysException(
          subject, "recvfrom", Errno.EMSGSIZE.number(), "a datagram of " + size + " bytes");
    }
    buffer = arena.allocate((size + 4095) & ~4095L, 8);
  }

  private void enlarge(int bytes) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment value = scratch.allocateFrom(JAVA_INT, bytes);
      int forced =
          Libc.setsockopt(sendState, descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, value);
      if (forced < 0) {
        check(
            "setsockopt SO_RCVBUF " + bytes,
            Libc.setsockopt(sendState, descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, value));
      }
    }
  }

  private void option(int option, int value, String name) throws SysException {
    sending.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      MemorySegment bytes = scratch.allocateFrom(JAVA_INT, value);
      check(
          "setsockopt " + name,
          Libc.setsockopt(sendState, descriptor, Libc.SOL_NETLINK, option, bytes));
    } finally {
      sending.unlock();
    }
  }

  private int bind() throws SysException {
    kernel.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
    check("bind", Libc.bind(sendState, descriptor, kernel));
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment own = scratch.allocate(ADDRESS_SIZE, 4);
      MemorySegment length = scratch.allocateFrom(JAVA_INT, ADDRESS_SIZE);
      check("getsockname", Libc.getsockname(sendState, descriptor, own, length));
      return own.get(JAVA_INT, ADDRESS_PORT);
    }
  }

  private void watch(long at, int fd) {
    polled.set(JAVA_INT, at, fd);
    polled.set(JAVA_SHORT, at + 4, Libc.POLLIN);
  }

  private void open() throws SysException {
    if (closed.get()) {
      throw new SysException(subject, "use", Errno.EBADF.number(), "the socket was closed");
    }
  }

  private void release(int fd) {
    if (fd >= 0) {
      // Nothing is written through it, so a failing close loses nothing.
      Libc.close(sendState, fd);
    }
  }

  private int check(String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException(subject, call, -result);
    }
    return result;
  }
}
