// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;

/**
 * One interface, of the network of the thread that opened this. Owns a socket by which it asks the
 * kernel. Any thread.
 */
public final class NetworkInterface implements AutoCloseable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int HEADER = 16;
  private static final int ADDRESS = 1;
  private static final int NAME = 3;
  private static final int MTU = 4;
  private static final int SEND_QUEUES = 31;
  private static final int RECEIVE_QUEUES = 32;
  private static final int XDP = 43;
  private static final int XDP_ATTACHED = 2;
  private static final int XDP_ID = 4;
  private static final int MAC = 6;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int ETHTOOL_GCHANNELS = 0x3c;
  private static final long SIOCGIFNAME = 0x8910;
  private static final long SIOCGIFMTU = 0x8921;
  private static final int IFREQ = 40;
  private static final int IFREQ_DATA = 16;
  private static final int CHANNELS = 36;
  private static final int RECEIVE = 20;
  private static final int SEND = 24;
  private static final int COMBINED = 32;
  private static final int UP = 1;
  private static final int RUNNING = 1 << 6;
  private static final int LONGEST_NAME = 15;
  private static final int ROOM = 64 * 1024;
  private static final int PATIENCE_MILLIS = 10_000;

  private final String name;
  private final NetlinkSocket socket;
  private final ReentrantLock telling = new ReentrantLock();
  private final Arena arena = Arena.ofShared();
  private final CallState state = new CallState(arena);
  private final MemorySegment told = arena.allocate(IFREQ, 8);
  private final ReentrantLock asking = new ReentrantLock();
  private final NetlinkBuilder request = new NetlinkBuilder();
  private final String network;
  private final int index;
  private int control;
  private int sequence;

  private NetworkInterface(String name) throws SysException {
    this.name = name;
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      arena.close();
      throw new SysException(
          "interface '" + name + "'",
          "RTM_GETLINK",
          Errno.ENODEV.number(),
          "a name has 1 to 15 bytes");
    }
    try {
      socket = NetlinkSocket.open(NetlinkSocket.ROUTE, ROOM);
    } catch (SysException | RuntimeException e) {
      arena.close();
      throw e;
    }
    try {
      control = Libc.socket(state, AF_INET, SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
      network = NetworkNamespace.current();
      index = ask(0).index();
    } catch (SysException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Finds an interface by name.
   *
   * @throws SysException ENODEV when there is none
   */
  public static NetworkInterface open(String name) throws SysException {
    return new NetworkInterface(name);
  }

  /** By which the kernel knows it as long as it exists, whatever its name is. */
  public int index() {
    return index;
  }

  /** Which network it is in; see {@link NetworkNamespace#current}. */
  public String network() {
    return network;
  }

  /**
   * What the kernel says now of the interface that was opened, even under another name.
   *
   * @throws SysException ENODEV when it is gone
   */
  public InterfaceFacts facts() throws SysException {
    return ask(index);
  }

  /**
   * The longest packet that it takes now, without the header of layer 2. Unlike {@link #facts} this
   * waits for nobody who changes interfaces. Allocates a little as long as it is called too seldom
   * to be optimised.
   *
   * @return -1 when the interface is gone, or nobody tells
   */
  public int mtu() {
    telling.lock();
    try {
      if (control < 0) {
        return -1;
      }
      told.set(JAVA_INT, IFREQ_DATA, index);
      if (LibcKernel.ioctl(state, control, SIOCGIFNAME, told) < 0
          || LibcKernel.ioctl(state, control, SIOCGIFMTU, told) < 0) {
        return -1;
      }
      return told.get(JAVA_INT, IFREQ_DATA);
    } finally {
      telling.unlock();
    }
  }

  /** How the interface that was opened is now. */
  public LinkState state() throws SysException {
    try {
      InterfaceFacts facts = facts();
      return !facts.up() ? LinkState.DOWN : facts.running() ? LinkState.UP : LinkState.NO_CARRIER;
    } catch (SysException e) {
      if (e.errno() == Errno.ENODEV) {
        return LinkState.GONE;
      }
      throw e;
    }
  }

  private InterfaceFacts ask(int about) throws SysException {
    asking.lock();
    try {
      request.clear().begin(RTM_GETLINK, NetlinkBuilder.REQUEST, ++sequence);
      request.u8(0).u8(0).u16(0).u32(about).u32(0).u32(0);
      if (about == 0) {
        request.attribute(NAME, (name + "\0").getBytes(StandardCharsets.UTF_8));
      }
      socket.send(request.end());
      while (true) {
        Arrival arrival = socket.receive(PATIENCE_MILLIS);
        if (arrival != Arrival.MESSAGES) {
          throw new SysException(
              "interface " + name,
              "RTM_GETLINK",
              Errno.ETIMEDOUT.number(),
              "no answer: " + arrival);
        }
        NetlinkMessage message = socket.messages();
        while (message.next()) {
          if (message.sequence() != sequence) {
            continue;
          }
          if (message.type() == RTM_NEWLINK) {
            return withQueuesInUse(read(message));
          }
          NetlinkAck ack = NetlinkAck.of(message);
          throw new SysException("interface " + name, "RTM_GETLINK", ack.errno(), ack.text());
        }
      }
    } catch (SysException e) {
      throw e;
    } catch (IOException e) {
      throw new SysException(
          "interface " + name, "RTM_GETLINK", Errno.EBADMSG.number(), e.toString());
    } finally {
      asking.unlock();
    }
  }

  private static InterfaceFacts read(NetlinkMessage message) throws MalformedMessageException {
    int flags = message.s32(8);
    int index = message.s32(4);
    String name = "";
    long mac = -1;
    int mtu = 0;
    int receive = 1;
    int send = 1;
    Optional<InterfaceFacts.Xdp> xdp = Optional.empty();
    NetlinkAttributes attributes = message.attributes(HEADER);
    while (attributes.next()) {
      switch (attributes.type()) {
        case ADDRESS -> mac = mac(attributes.bytes());
        case NAME -> name = new String(attributes.text(), StandardCharsets.UTF_8);
        case MTU -> mtu = attributes.s32();
        case SEND_QUEUES -> send = attributes.s32();
        case RECEIVE_QUEUES -> receive = attributes.s32();
        case XDP -> xdp = xdp(attributes.nested());
        default -> {}
      }
    }
    return new InterfaceFacts(
        name, index, mtu, (flags & UP) != 0, (flags & RUNNING) != 0, mac, receive, send, xdp);
  }

  /** An interface may have room for more queues than are in use; some drivers tell. */
  private static InterfaceFacts withQueuesInUse(InterfaceFacts facts) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int fd = Libc.socket(state, AF_INET, SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
      if (fd < 0) {
        return facts;
      }
      MemorySegment channels = arena.allocate(CHANNELS, 8);
      channels.set(JAVA_INT, 0, ETHTOOL_GCHANNELS);
      MemorySegment asked = arena.allocate(IFREQ, 8);
      asked.setString(0, facts.name());
      asked.set(JAVA_LONG, IFREQ_DATA, channels.address());
      int told = LibcKernel.ioctl(state, fd, SIOCETHTOOL, asked);
      Libc.close(state, fd);
      int combined = channels.get(JAVA_INT, COMBINED);
      int receive = channels.get(JAVA_INT, RECEIVE) + combined;
      int send = channels.get(JAVA_INT, SEND) + combined;
      return told < 0 || receive < 1 || send < 1
          ? facts
          : new InterfaceFacts(
              facts.name(),
              facts.index(),
              facts.mtu(),
              facts.up(),
              facts.running(),
              facts.mac(),
              receive,
              send,
              facts.xdp());
    }
  }

  private static long mac(byte[] bytes) {
    if (bytes.length != MAC) {
      return -1;
    }
    long mac = 0;
    for (byte b : bytes) {
      mac = (mac << 8) | (b & 0xff);
    }
    return mac;
  }

  private static Optional<InterfaceFacts.Xdp> xdp(NetlinkAttributes attributes)
      throws MalformedMessageException {
    int attached = 0;
    int id = 0;
    while (attributes.next()) {
      switch (attributes.type()) {
        case XDP_ATTACHED -> attached = attributes.u8();
        case XDP_ID -> id = attributes.s32();
        default -> {}
      }
    }
    String mode =
        switch (attached) {
          case 0 -> "";
          case 1 -> "native";
          case 2 -> "generic";
          case 3 -> "offloaded";
          default -> "several";
        };
    return mode.isEmpty() ? Optional.empty() : Optional.of(new InterfaceFacts.Xdp(mode, id));
  }

  @Override
  public void close() {
    socket.close();
    telling.lock();
    try {
      if (arena.scope().isAlive()) {
        if (control >= 0) {
          Libc.close(state, control);
        }
        control = -1;
        arena.close();
      }
    } finally {
      telling.unlock();
    }
  }
}
