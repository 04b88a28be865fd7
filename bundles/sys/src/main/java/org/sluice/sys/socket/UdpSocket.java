// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;
import org.sluice.sys.call.LibcSocket;
import org.sluice.sys.call.Waiter;

/**
 * One UDP socket of the network namespace in which it was opened. Owns its descriptor.
 *
 * <p>One thread at a time receives and waits, one sends; any thread may call the rest. Who closes
 * has made these two leave before. Of every datagram the kernel tells to which address it came.
 * Errors that other hosts report back are not asked for: they would fail calls that have nothing to
 * do with them.
 */
public final class UdpSocket implements AutoCloseable {
  private static final int SOCK_DGRAM = 2;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_BROADCAST = 6;
  private static final int SO_SNDBUF = 7;
  private static final int SO_REUSEPORT = 15;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_ATTACH_REUSEPORT_CBPF = 51;
  private static final int SO_MEMINFO = 55;
  private static final int SO_NETNS_COOKIE = 71;
  private static final int IP_PKTINFO = 8;
  private static final int IP_MULTICAST_TTL = 33;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_MULTICAST_ALL = 49;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_MULTICAST_ALL = 29;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int MCAST_JOIN_GROUP = 42;
  private static final int MCAST_LEAVE_GROUP = 45;
  private static final int MCAST_JOIN_SOURCE_GROUP = 46;
  private static final int MCAST_LEAVE_SOURCE_GROUP = 47;
  private static final int SIOCGIFFLAGS = 0x8913;
  private static final int SIOCGIFINDEX = 0x8933;
  private static final int IFF_UP = 1;
  private static final int LONGEST_LINK = 15;
  private static final int REQUEST = 40;
  private static final int STORAGE = 128;
  private static final int MEMORY_NUMBERS = 9;
  private static final int MEMORY_DROPS = 8;

  private final UdpBinding binding;
  private final String subject;
  private final ReentrantLock lock = new ReentrantLock();
  private final Arena arena = Arena.ofShared();
  private final CallState sending = new CallState(arena);
  private final CallState other = new CallState(arena);
  private final boolean six;
  private final int descriptor;
  private final Waiter waiter;
  private final InetSocketAddress local;
  private long drops;
  private boolean closed;

  private UdpSocket(UdpBinding binding, UdpTuning tuning) throws SysException {
    this.binding = binding;
    subject = "UDP socket at " + binding;
    six = binding.local().getAddress() instanceof Inet6Address;
    int opened = -1;
    Waiter waits = null;
    try {
      int family = six ? Wire.AF_INET6 : Wire.AF_INET;
      opened = check("socket", Libc.socket(other, family, SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
      descriptor = opened;
      prepare(tuning);
      local = bind();
      waits = Waiter.open(arena, descriptor);
      waiter = waits;
    } catch (SysException | RuntimeException e) {
      if (waits != null) {
        waits.close();
      }
      if (opened >= 0) {
        Libc.close(other, opened);
      }
      arena.close();
      throw e;
    }
  }

  /** Opens and binds a socket in the network namespace of the calling thread. */
  public static UdpSocket open(UdpBinding binding, UdpTuning tuning) throws SysException {
    return new UdpSocket(binding, tuning);
  }

  public UdpBinding binding() {
    return binding;
  }

  /** The address that is bound, with the port that was given. */
  public InetSocketAddress local() {
    return local;
  }

  /** Whether it is a socket of IPv6. */
  public boolean six() {
    return six;
  }

  /**
   * Receives what has arrived into the first armed places.
   *
   * @return how many datagrams came; 0 or less when none did
   */
  public int receive(ReceiveArray into, int most) {
    return LibcSocket.recvmmsg(
        descriptor, into.address(into.first()), Math.min(most, into.armed()), Libc.MSG_DONTWAIT);
  }

  /**
   * Sends what is left in the array, and notes there what was sent.
   *
   * @return 0 when something was sent, or the negated errno, which is about the first message left
   */
  public int send(SendArray from) {
    int sent = LibcSocket.sendmmsg(descriptor, from.address(), from.left(), Libc.MSG_DONTWAIT);
    if (sent <= 0) {
      sent =
          LibcSocket.sendmmsgTelling(
              sending, descriptor, from.address(), from.left(), Libc.MSG_DONTWAIT);
    }
    if (sent > 0) {
      from.handedOver(sent);
      return 0;
    }
    return sent;
  }

  /**
   * Waits until something can be received, or {@link #wake} was called.
   *
   * @return whether something can be received
   */
  public boolean await(long nanos) {
    return waiter.await(nanos);
  }

  /** Ends a running {@link #await}, or the next one. */
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

  /** How many datagrams arrived and were lost since it was opened, for want of room or broken. */
  public long drops() {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment numbers = scratch.allocate(JAVA_INT, MEMORY_NUMBERS);
      if (!closed && get(Libc.SOL_SOCKET, SO_MEMINFO, numbers) >= 0) {
        // The kernel counts in 32 bits, which wrap around.
        int now = numbers.getAtIndex(JAVA_INT, MEMORY_DROPS);
        drops += Integer.toUnsignedLong(now - (int) drops);
      }
      return drops;
    } finally {
      lock.unlock();
    }
  }

  /** The room for what was not received yet, in bytes as the kernel counts them. */
  public int receiveBuffer() throws SysException {
    return number(Libc.SO_RCVBUF, "SO_RCVBUF");
  }

  /** The room for what has not left yet, in bytes as the kernel counts them. */
  public int sendBuffer() throws SysException {
    return number(SO_SNDBUF, "SO_SNDBUF");
  }

  /** What is wrong with the only link that is used; empty when nothing is, or any is used. */
  public Optional<String> trouble() {
    String link = binding.link();
    if (link.isEmpty()) {
      return Optional.empty();
    }
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      MemorySegment request = request(scratch, link);
      int result = LibcKernel.ioctl(other, descriptor, SIOCGIFFLAGS, request);
      if (result < 0) {
        return Optional.of(link + " is gone");
      }
      boolean up = (request.get(JAVA_SHORT, 16) & IFF_UP) != 0;
      return up ? Optional.empty() : Optional.of(link + " is down");
    } catch (SysException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  /** Hears datagrams to the group that arrive by the link, from this source or from all. */
  public void join(InetAddress group, String link, Optional<InetAddress> source)
      throws SysException {
    membership(
        source.isPresent() ? MCAST_JOIN_SOURCE_GROUP : MCAST_JOIN_GROUP,
        source.isPresent() ? "MCAST_JOIN_SOURCE_GROUP " : "MCAST_JOIN_GROUP ",
        group,
        link,
        source);
  }

  /** Hears them no more. */
  public void leave(InetAddress group, String link, Optional<InetAddress> source)
      throws SysException {
    membership(
        source.isPresent() ? MCAST_LEAVE_SOURCE_GROUP : MCAST_LEAVE_GROUP,
        source.isPresent() ? "MCAST_LEAVE_SOURCE_GROUP " : "MCAST_LEAVE_GROUP ",
        group,
        link,
        source);
  }

  /**
   * Whether a datagram that was refused with this errno would be refused again, whatever happens to
   * the network.
   */
  public static boolean never(int errno) {
    return errno == Errno.EMSGSIZE.number()
        || errno == Errno.EINVAL.number()
        || errno == Errno.EDESTADDRREQ.number()
        || errno == Errno.EAFNOSUPPORT.number();
  }

  /** What could be done about a failure; empty when nothing comes to mind. */
  public static String advice(SysException e) {
    return switch (e.errno()) {
      case EADDRINUSE -> "somebody has this port; ss -ulpn tells who";
      case EADDRNOTAVAIL -> "this host does not have the address; ip address tells which it has";
      case EACCES -> "a port below 1024 needs CAP_NET_BIND_SERVICE";
      case EPERM -> "the process lacks a privilege, or a filter forbids it";
      case ENODEV, ENXIO -> "there is no such interface; ip link tells which there are";
      case EAFNOSUPPORT -> "this kernel has no IPv6; use an address of IPv4";
      case ENOBUFS -> "too many groups are joined; raise net.ipv4.igmp_max_memberships";
      case EMFILE -> "the process has too many files open; raise LimitNOFILE";
      default -> "";
    };
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
      Libc.close(other, descriptor);
      arena.close();
    } finally {
      lock.unlock();
    }
  }

  /** For another kernel object of this room, while this one is open. */
  int descriptor() {
    return descriptor;
  }

  /** Tells apart the networks in which sockets are; 0 when the kernel does not tell. */
  long network() {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment cookie = scratch.allocate(JAVA_LONG);
      return get(Libc.SOL_SOCKET, SO_NETNS_COOKIE, cookie) < 0 ? 0 : cookie.get(JAVA_LONG, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Lets a program choose among all sockets that share the address of this one. */
  void steer(SteeringProgram program) throws SysException {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      set(
          Libc.SOL_SOCKET,
          SO_ATTACH_REUSEPORT_CBPF,
          program.structure(scratch),
          "SO_ATTACH_REUSEPORT_CBPF");
    } finally {
      lock.unlock();
    }
  }

  private void prepare(UdpTuning tuning) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      if (!binding.link().isEmpty()) {
        index(scratch, binding.link());
        set(
            Libc.SOL_SOCKET,
            SO_BINDTODEVICE,
            scratch.allocateFrom(binding.link()),
            "SO_BINDTODEVICE " + binding.link());
      }
      if (tuning.reuseAddress()) {
        option(scratch, Libc.SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
      }
      if (binding.shared()) {
        option(scratch, Libc.SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
      }
      if (tuning.broadcast()) {
        option(scratch, Libc.SOL_SOCKET, SO_BROADCAST, 1, "SO_BROADCAST");
      }
      if (tuning.receiveBuffer() > 0) {
        buffer(scratch, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, tuning.receiveBuffer(), "SO_RCVBUF ");
      }
      if (tuning.sendBuffer() > 0) {
        buffer(scratch, SO_SNDBUFFORCE, SO_SNDBUF, tuning.sendBuffer(), "SO_SNDBUF ");
      }
      if (six) {
        int only = binding.only6() ? 1 : 0;
        option(scratch, Wire.SOL_IPV6, IPV6_V6ONLY, only, "IPV6_V6ONLY");
        option(scratch, Wire.SOL_IPV6, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
        option(scratch, Wire.SOL_IPV6, IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL");
        int loop = tuning.multicastLoop() ? 1 : 0;
        option(scratch, Wire.SOL_IPV6, IPV6_MULTICAST_LOOP, loop, "IPV6_MULTICAST_LOOP");
        if (tuning.multicastTtl() >= 0) {
          int hops = tuning.multicastTtl();
          option(scratch, Wire.SOL_IPV6, IPV6_MULTICAST_HOPS, hops, "IPV6_MULTICAST_HOPS");
        }
      } else {
        option(scratch, Wire.SOL_IP, IP_PKTINFO, 1, "IP_PKTINFO");
      }
      if (!six || !binding.only6()) {
        // Without this it would hear every group that any process of the host has joined.
        option(scratch, Wire.SOL_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL");
        int loop = tuning.multicastLoop() ? 1 : 0;
        option(scratch, Wire.SOL_IP, IP_MULTICAST_LOOP, loop, "IP_MULTICAST_LOOP");
        if (tuning.multicastTtl() >= 0) {
          int hops = tuning.multicastTtl();
          option(scratch, Wire.SOL_IP, IP_MULTICAST_TTL, hops, "IP_MULTICAST_TTL");
        }
      }
    }
  }

  private InetSocketAddress bind() throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      int length = Wire.nameLength(six);
      MemorySegment name = scratch.allocate(length, 8);
      int scope = 0;
      if (binding.local().getAddress() instanceof Inet6Address address) {
        boolean needed = address.isLinkLocalAddress() && address.getScopeId() == 0;
        scope =
            needed && !binding.link().isEmpty()
                ? index(scratch, binding.link())
                : address.getScopeId();
      }
      Wire.name(name, 0, binding.local().getAddress(), binding.local().getPort(), six, scope);
      check("bind", Libc.bind(other, descriptor, name));
      MemorySegment size = scratch.allocateFrom(JAVA_INT, length);
      check("getsockname", Libc.getsockname(other, descriptor, name, size));
      return Wire.address(name, 0, six);
    }
  }

  private void membership(
      int option, String name, InetAddress group, String link, Optional<InetAddress> source)
      throws SysException {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      boolean group6 = group instanceof Inet6Address;
      int parts = source.isPresent() ? 2 : 1;
      MemorySegment request = scratch.allocate(8 + (long) parts * STORAGE, 8);
      request.set(JAVA_INT, 0, index(scratch, link));
      Wire.name(request, 8, group, 0, group6, 0);
      if (source.isPresent()) {
        Wire.name(request, 8 + STORAGE, source.get(), 0, group6, 0);
      }
      String from = source.map(address -> " from " + address.getHostAddress()).orElse("");
      set(
          group6 ? Wire.SOL_IPV6 : Wire.SOL_IP,
          option,
          request,
          name + group.getHostAddress() + from + " on " + link);
    } finally {
      lock.unlock();
    }
  }

  /** In the network of the socket, which need not be that of the calling thread. */
  private int index(Arena scratch, String link) throws SysException {
    MemorySegment request = request(scratch, link);
    int result = LibcKernel.ioctl(other, descriptor, SIOCGIFINDEX, request);
    if (result < 0) {
      throw new SysException("interface " + link, "SIOCGIFINDEX", -result);
    }
    return request.get(JAVA_INT, 16);
  }

  private static MemorySegment request(Arena scratch, String link) throws SysException {
    byte[] name = link.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > LONGEST_LINK) {
      throw new SysException("interface '" + link + "'", "SIOCGIFINDEX", Errno.ENODEV.number());
    }
    MemorySegment request = scratch.allocate(REQUEST, 8);
    MemorySegment.copy(name, 0, request, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, name.length);
    return request;
  }

  private void buffer(Arena scratch, int forced, int asked, int bytes, String name)
      throws SysException {
    // The kernel doubles what it is told, for its own books, and tells the doubled number.
    MemorySegment value = scratch.allocateFrom(JAVA_INT, bytes);
    if (Libc.setsockopt(other, descriptor, Libc.SOL_SOCKET, forced, value) < 0) {
      set(Libc.SOL_SOCKET, asked, value, name + bytes);
    }
  }

  private int number(int option, String name) throws SysException {
    lock.lock();
    try (Arena scratch = Arena.ofConfined()) {
      open();
      MemorySegment value = scratch.allocate(JAVA_INT);
      check("getsockopt " + name, get(Libc.SOL_SOCKET, option, value));
      return value.get(JAVA_INT, 0);
    } finally {
      lock.unlock();
    }
  }

  private void option(Arena scratch, int level, int option, int value, String name)
      throws SysException {
    set(level, option, scratch.allocateFrom(JAVA_INT, value), name);
  }

  private void set(int level, int option, MemorySegment value, String name) throws SysException {
    check("setsockopt " + name, Libc.setsockopt(other, descriptor, level, option, value));
  }

  private int get(int level, int option, MemorySegment value) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment length = scratch.allocateFrom(JAVA_INT, (int) value.byteSize());
      return Libc.getsockopt(other, descriptor, level, option, value, length);
    }
  }

  private void open() throws SysException {
    if (closed) {
      throw new SysException(subject, "use", Errno.EBADF.number(), "the socket was closed");
    }
  }

  private int check(String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException(subject, call, -result);
    }
    return result;
  }
}
