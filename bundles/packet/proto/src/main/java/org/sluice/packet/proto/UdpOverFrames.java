// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;

/**
 * A port of datagrams made from a port of frames, which it owns and closes.
 *
 * <p>Payloads stay where the frames are: what is received is a place behind the headers, what is
 * reserved leaves room for them, and an answer is written around the payload it came with. A
 * datagram without the room for its headers in front of it, such as one of IPv4 that is sent on by
 * IPv6 right from the beginning of its chunk, is invalid.
 *
 * <p>Of the frames, those to the address of Ethernet, to groups and to all are looked at. Broken
 * packets are counted as invalid; sound ones for others, other ports included, are counted in the
 * report as {@code ignored} only. Checksums are checked, unless the driver has done so, or the
 * sender is on this host and left them to its interface. What is sent has checksums, may not be
 * fragmented, and is not heard by its sender even when it goes to a group.
 *
 * <p>Beside the kernel this port needs nothing but its UDP port: the kernel answers for the
 * addresses and the {@link Neighbourhood} can tell what it knows. Where there is no kernel, answers
 * and reports can be asked for in the {@link UdpSettings}; the port of frames must then match ARP,
 * ICMP and the like too. Whoever waits for a neighbour is sent on by the next call of either side,
 * after {@code await} at the latest: so one side must be in use.
 *
 * <p>Groups are joined here, not at the interface: the frames must come in anyhow.
 */
public final class UdpOverFrames implements DatagramPort {
  private static final int MOST_PAYLOAD = 65_507;
  private static final int ROUNDS = 16;

  private final FramePort frames;
  private volatile UdpSettings settings;
  private final Addresses addresses;
  private final LongSupplier clock;
  private final Gate receiving;
  private final Gate sending;
  private final Tally received = new Tally();
  private final Tally sent = new Tally();
  private final UdpReceiver receiver;

  /**
   * Held by whoever uses the sending side of the frames: the sender, and for a moment the receiver
   * when a frame wants an answer.
   */
  private final ReentrantLock output = new ReentrantLock();

  private final UdpSender sender;
  private final UdpControl control;
  private final FrameBatch reserved = new FrameBatch(64);
  private boolean closed;

  private final ReentrantLock returning = new ReentrantLock();
  private final FrameBatch returned = new FrameBatch(64);

  private UdpOverFrames(
      FramePort frames,
      UdpSettings settings,
      Neighbourhood neighbourhood,
      Detour detour,
      LongSupplier clock,
      long seed) {
    this.frames = frames;
    this.settings = settings;
    this.clock = clock;
    receiving = new Gate(name(), "receiving");
    sending = new Gate(name(), "sending");
    SplittableRandom random = new SplittableRandom(seed);
    addresses = new Addresses(settings.addresses());
    receiver = new UdpReceiver(frames, settings, addresses, neighbourhood, received);
    int identification = random.nextInt() & 0xffff;
    sender =
        new UdpSender(frames, settings, addresses, neighbourhood, detour, sent, identification);
    control = new UdpControl(frames, settings, addresses, neighbourhood, sender, random);
  }

  /** Makes a port of datagrams; the port of frames belongs to it from now on. */
  public static UdpOverFrames over(
      FramePort frames, UdpSettings settings, Neighbourhood neighbourhood) {
    return over(frames, settings, neighbourhood, Detour.NONE);
  }

  /** The same, with another way out for what cannot leave as one frame. */
  public static UdpOverFrames over(
      FramePort frames, UdpSettings settings, Neighbourhood neighbourhood, Detour detour) {
    return new UdpOverFrames(
        frames, settings, neighbourhood, detour, System::nanoTime, System.nanoTime());
  }

  static UdpOverFrames over(
      FramePort frames,
      UdpSettings settings,
      Neighbourhood neighbourhood,
      LongSupplier clock,
      long seed) {
    return new UdpOverFrames(frames, settings, neighbourhood, Detour.NONE, clock, seed);
  }

  /**
   * The link is another one in these respects from now on. Any thread.
   *
   * @param others in place of the addresses; none when the link has none now
   */
  public void change(long mac, int mtu, List<Prefix> others) {
    output.lock();
    try {
      UdpSettings next = settings.on(mac, mtu);
      settings = next;
      addresses.replace(others);
      receiver.settings(next);
      sender.settings(next);
      control.settings(next);
    } finally {
      output.unlock();
    }
  }

  /**
   * Lends empty chunks to whoever receives for this port by another way; they go back by the port
   * of frames. Any thread.
   *
   * @return how many were added
   */
  public int lend(FrameBatch into, int count) {
    output.lock();
    try {
      open();
      return frames.reserve(into, count);
    } finally {
      output.unlock();
    }
  }

  private String name() {
    return "udp port " + settings.port() + " over frames";
  }

  @Override
  public InetSocketAddress local() {
    Prefix first = settings.addresses().getFirst();
    return new InetSocketAddress(DatagramBatch.inet(first.high(), first.low()), settings.port());
  }

  @Override
  public String driver() {
    return frames.driver();
  }

  @Override
  public MemorySegment memory() {
    return frames.memory();
  }

  @Override
  public int chunkSize() {
    return frames.chunkSize();
  }

  @Override
  public int payloadSize() {
    return Math.min(MOST_PAYLOAD, frames.frameSize() - shift());
  }

  /** How much of a reserved frame the headers need besides the headroom. */
  private int shift() {
    return Math.max(0, UdpSender.HEADERS - frames.headroom());
  }

  @Override
  public int receive(DatagramBatch into) {
    receiving.enter();
    try {
      into.bind(frames.memory());
      long now = clock.getAsLong();
      boolean more = true;
      for (int round = 0; round < ROUNDS && more && !into.isFull(); round++) {
        more = receiver.receive(into, now);
        if (!receiver.control().isEmpty()) {
          take(now);
        }
      }
      serve(now);
      return into.count();
    } finally {
      receiving.leave();
    }
  }

  private void take(long now) {
    output.lock();
    try {
      control.take(receiver.control(), now);
    } finally {
      output.unlock();
    }
  }

  private long untilDue(long now) {
    return Math.min(sender.untilDue(now), control.untilDue(now));
  }

  private void serve(long now) {
    if (untilDue(now) > 0) {
      return;
    }
    output.lock();
    try {
      sender.serve(now);
      control.serve(receiver.groups(), now);
      frames.flush();
    } finally {
      output.unlock();
    }
  }

  @Override
  public boolean await(long nanos) {
    receiving.enter();
    try {
      if (receiver.leftover()) {
        return true;
      }
      long begin = clock.getAsLong();
      long now = begin;
      while (true) {
        serve(now);
        long left = Math.max(0, nanos - (now - begin));
        long wait = Math.min(left, Math.max(untilDue(now), 1));
        boolean found = frames.await(wait);
        long after = clock.getAsLong();
        // Who came back early was woken, and must not wait on.
        if (found || wait == left || after - now < wait) {
          return found;
        }
        now = after;
      }
    } finally {
      receiving.leave();
    }
  }

  /** How many datagrams wait for neighbours. */
  int waiting() {
    return sender.waiting();
  }

  @Override
  public void wake() {
    frames.wake();
  }

  @Override
  public int reserve(DatagramBatch into, int count) {
    sending.enter();
    output.lock();
    try {
      int shift = shift();
      int room = payloadSize();
      int added = 0;
      int wanted = Math.min(count, into.capacity() - into.count());
      while (added < wanted) {
        int got = frames.reserve(reserved, Math.min(wanted - added, reserved.capacity()));
        if (got == 0) {
          break;
        }
        if (into.isEmpty()) {
          into.bind(reserved.memory());
        }
        for (int i = 0; i < got; i++) {
          into.add(reserved.address(i) + shift, 0, room);
        }
        reserved.clear();
        added += got;
      }
      return added;
    } finally {
      output.unlock();
      sending.leave();
    }
  }

  @Override
  public int send(DatagramBatch datagrams) {
    sending.enter();
    output.lock();
    try {
      long now = clock.getAsLong();
      if (untilDue(now) == 0) {
        sender.serve(now);
        control.serve(receiver.groups(), now);
      }
      return sender.send(datagrams, now);
    } finally {
      output.unlock();
      sending.leave();
    }
  }

  @Override
  public void flush() {
    sending.enter();
    output.lock();
    try {
      frames.flush();
    } finally {
      output.unlock();
      sending.leave();
    }
  }

  @Override
  public void release(DatagramBatch datagrams) {
    returning.lock();
    try {
      for (int i = 0; i < datagrams.count(); i++) {
        if (returned.isEmpty()) {
          returned.bind(datagrams.memory(), frames.chunkSize());
        }
        returned.add(datagrams.address(i), 0, 0);
        if (returned.isFull()) {
          frames.release(returned);
        }
      }
      if (!returned.isEmpty()) {
        frames.release(returned);
      }
      datagrams.clear();
    } finally {
      returning.unlock();
    }
  }

  @Override
  public void join(Membership membership) throws PortException {
    if (!settings.link().isEmpty() && !membership.link().equals(settings.link())) {
      throw new PortException(
          "%s: join %s on %s: this port has frames of %s only; open one on that interface"
              .formatted(
                  name(), membership.group().getHostAddress(), membership.link(), settings.link()));
    }
    output.lock();
    try {
      open();
      Groups groups = receiver.groups();
      if (!groups.memberships().contains(membership)) {
        List<Membership> more = new ArrayList<>(groups.memberships());
        more.add(membership);
        receiver.groups(new Groups(more));
        control.joined(membership, clock.getAsLong());
      }
    } finally {
      output.unlock();
    }
  }

  @Override
  public void leave(Membership membership) {
    output.lock();
    try {
      open();
      List<Membership> less = new ArrayList<>(receiver.groups().memberships());
      if (less.remove(membership)) {
        receiver.groups(new Groups(less));
        control.left(membership);
      }
    } finally {
      output.unlock();
    }
  }

  private void open() {
    if (closed) {
      throw new PortClosedException(name());
    }
  }

  @Override
  public PortStatistics statistics() {
    PortStatistics under = frames.statistics();
    return new PortStatistics(
        received.get(Tally.Of.RECEIVED),
        received.get(Tally.Of.RECEIVED_BYTES),
        sent.get(Tally.Of.SENT),
        sent.get(Tally.Of.SENT_BYTES),
        received.get(Tally.Of.RECEIVE_DROPPED) + under.receiveDropped(),
        received.get(Tally.Of.RECEIVE_INVALID) + under.receiveInvalid(),
        sent.get(Tally.Of.SEND_DROPPED) + under.sendDropped(),
        sent.get(Tally.Of.SEND_INVALID) + under.sendInvalid(),
        under.wakeups());
  }

  @Override
  public PortReport report() {
    PortReport under = frames.report();
    Map<String, String> facts = new TreeMap<>(under.facts());
    facts.put("frames", under.where());
    facts.put("ignored", Long.toString(receiver.ignored()));
    facts.put("waiting for neighbours", Integer.toString(waiting()));
    if (settings.vlan() != 0) {
      facts.put("vlan", Integer.toString(settings.vlan()));
    }
    return new PortReport(
        under.driver(),
        local().toString(),
        under.mode() + ", udp over frames",
        under.state(),
        under.census(),
        under.rings(),
        statistics(),
        facts);
  }

  @Override
  public void close() {
    if (!receiving.shut(frames::wake)) {
      return;
    }
    sending.shut(() -> {});
    output.lock();
    try {
      closed = true;
      frames.close();
    } finally {
      output.unlock();
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
