// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Pages;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.api.driver.Tally.Of;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.ClassicProgram;
import org.sluice.sys.socket.Fanout;
import org.sluice.sys.socket.PacketSocket;

/** A port of frames by one packet socket. */
final class PacketSocketPort implements FramePort {
  /** Before a received or reserved frame, for headers in front of it. */
  static final int HEADROOM = 128;

  /** What the kernel keeps for a place in a ring: most frames and what describes them. */
  static final int BYTES_PER_PLACE = 2048;

  private static final int LARGEST_BUFFER = 1 << 29;

  private final FrameSpec spec;
  private final PacketSocketOptions options;
  private final String subject;
  private final Consumer<PacketSocketPort> closing;
  private final Arena arena;
  private final MappedMemory mapped;
  private final MemorySegment memory;
  private final ChunkPool pool;
  private final PacketSocket socket;
  private final ReentrantLock changing = new ReentrantLock();
  private final ReentrantLock ending = new ReentrantLock();
  private final Set<Long> joined = new HashSet<>();
  private volatile Match match;
  private volatile int filterLength;
  private final Gate receiving;
  private final Gate sending;
  private final Reception reception;
  private final Transmission transmission;
  private final Tally received = new Tally();
  private final Tally sent = new Tally();
  private volatile boolean closed;

  private PacketSocketPort(
      FrameSpec spec, PacketSocketOptions options, Consumer<PacketSocketPort> closing)
      throws SysException {
    this.spec = spec;
    this.options = options;
    this.closing = closing;
    subject = PacketSocketDriver.NAME + " port on " + spec.name();
    receiving = new Gate(subject, "receiving");
    sending = new Gate(subject, "sending");
    match = spec.match();
    ClassicProgram filter = MatchFilter.of(match, spec.queues());
    filterLength = filter.instructions().size();
    Arena shared = Arena.ofShared();
    PacketSocket opened = null;
    try {
      arena = shared;
      opened = PacketSocket.open(spec.name());
      socket = opened;
      mapped = MappedMemory.map(shared, (long) spec.chunks() * spec.chunkSize(), pages(spec));
      memory = mapped.segment();
      pool = new ChunkPool(spec.chunks(), spec.chunkSize());
      queues();
      socket.buffers((int) Math.min((long) spec.ring() * BYTES_PER_PLACE, LARGEST_BUFFER));
      if (options.bypass()) {
        socket.bypass();
      }
      reception =
          options.blocks() && spec.direction().receives()
              ? new BlockReception(socket, memory, pool, spec, received)
              : new CallReception(socket, arena, memory, pool, spec, received);
      transmission = new Transmission(socket, arena, memory, pool, spec, sent, subject);
      if (spec.direction().receives()) {
        listen(filter);
      }
    } catch (SysException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      shared.close();
      throw e;
    }
  }

  static PacketSocketPort open(
      FrameSpec spec, PacketSocketOptions options, Consumer<PacketSocketPort> closing)
      throws SysException {
    return new PacketSocketPort(spec, options, closing);
  }

  /** Nothing that does not match is ever heard, and nothing that another one of the group gets. */
  private void listen(ClassicProgram filter) throws SysException {
    if (options.promiscuous()) {
      socket.promiscuous();
    }
    join(groups(spec.match()));
    if (options.fanout().isPresent()) {
      socket.filter(ClassicProgram.NOTHING);
      socket.listen();
      socket.share(options.fanout().get());
      socket.filter(filter);
    } else {
      socket.filter(filter);
      socket.listen();
    }
  }

  /** A queue that is not there would be silent for ever. */
  private void queues() throws SysException {
    if (!spec.queues().isEmpty()) {
      int there = socket.queues();
      for (int queue : spec.queues()) {
        if (queue >= there) {
          throw new IllegalArgumentException(
              "there is no queue %d; it receives by %d, counted from 0".formatted(queue, there));
        }
      }
    }
  }

  /** The groups of the link layer that a match names. */
  private static Set<Long> groups(Match match) {
    Set<Long> groups = new HashSet<>();
    switch (match) {
      case Match.AnyOf(List<Match> matches) -> matches.forEach(one -> groups.addAll(groups(one)));
      case Match.Destination to when to.address().isMulticastAddress() ->
          groups.add(link(to.address().getAddress()));
      default -> {}
    }
    return groups;
  }

  /** An interface may pass over frames to groups that nobody has joined. */
  private void join(Set<Long> groups) throws SysException {
    for (long group : groups) {
      if (!joined.contains(group)) {
        socket.join(address(group));
        joined.add(group);
      }
    }
  }

  /** Keeps these groups and leaves all others. */
  private void keep(Set<Long> groups) throws SysException {
    for (long group : List.copyOf(joined)) {
      if (!groups.contains(group)) {
        socket.leave(address(group));
        joined.remove(group);
      }
    }
  }

  /** The address of the link layer for a group of IP, as a number. */
  private static long link(byte[] group) {
    int low = ByteBuffer.wrap(group).getInt(group.length - Integer.BYTES);
    return group.length == Integer.BYTES
        ? 0x0100_5e00_0000L | (low & 0x7f_ffff)
        : 0x3333_0000_0000L | Integer.toUnsignedLong(low);
  }

  private static byte[] address(long group) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(group).array();
    return Arrays.copyOfRange(bytes, 2, bytes.length);
  }

  private static PageKind pages(FrameSpec spec) {
    return switch (spec.pages()) {
      case Pages.AUTO, Pages.TRANSPARENT -> PageKind.TRANSPARENT;
      case Pages.SMALL -> PageKind.SMALL;
      case Pages.HUGE -> PageKind.HUGE;
      case Pages.GIANT -> PageKind.GIANT;
    };
  }

  @Override
  public String driver() {
    return PacketSocketDriver.NAME;
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public int chunkSize() {
    return spec.chunkSize();
  }

  @Override
  public int headroom() {
    return HEADROOM;
  }

  @Override
  public int frameSize() {
    return spec.chunkSize() - HEADROOM;
  }

  @Override
  public boolean await(long nanos) {
    receiving.enter();
    try {
      return reception.await(nanos);
    } finally {
      receiving.leave();
    }
  }

  @Override
  public void wake() {
    socket.wake();
  }

  @Override
  public int receive(FrameBatch into) {
    receiving.enter();
    try {
      return reception.receive(into);
    } finally {
      receiving.leave();
    }
  }

  @Override
  public int reserve(FrameBatch into, int count) {
    sending.enter();
    try {
      return transmission.reserve(into, count);
    } finally {
      sending.leave();
    }
  }

  @Override
  public int send(FrameBatch frames) {
    sending.enter();
    try {
      return transmission.send(frames);
    } finally {
      sending.leave();
      feed();
    }
  }

  @Override
  public void flush() {
    sending.enter();
    try {
      transmission.flush();
    } finally {
      sending.leave();
    }
  }

  @Override
  public void release(FrameBatch frames) {
    if (!frames.isEmpty()) {
      own(frames, memory, subject);
      pool.release(frames.words(), 2, frames.count());
      frames.clear();
      feed();
    }
  }

  /** Wakes the receiving side when it waits without a chunk. */
  private void feed() {
    if (reception.starved()) {
      socket.wake();
    }
  }

  /** A closed port may have had its memory at the same place, but not for as long. */
  static void own(FrameBatch frames, MemorySegment memory, String subject) {
    if (!frames.isEmpty() && !Port.sameMemory(frames.memory(), memory)) {
      throw new IllegalArgumentException(
          "the frames are of another port than the "
              + subject
              + "; copy them into frames that it reserved");
    }
  }

  @Override
  public PortStatistics statistics() {
    return new PortStatistics(
        received.get(Of.RECEIVED),
        received.get(Of.RECEIVED_BYTES),
        sent.get(Of.SENT),
        sent.get(Of.SENT_BYTES),
        received.get(Of.RECEIVE_DROPPED) + socket.dropped(),
        received.get(Of.RECEIVE_INVALID),
        sent.get(Of.SEND_DROPPED),
        sent.get(Of.SEND_INVALID),
        received.get(Of.WAKEUPS) + sent.get(Of.WAKEUPS));
  }

  @Override
  public void match(Match wanted) throws PortException {
    changing.lock();
    try {
      open();
      ClassicProgram filter = MatchFilter.of(wanted, spec.queues());
      if (spec.direction().receives()) {
        Set<Long> groups = groups(wanted);
        try {
          join(groups);
          socket.filter(filter);
        } catch (SysException e) {
          keep(groups(match));
          throw e;
        }
        match = wanted;
        filterLength = filter.instructions().size();
        keep(groups);
      }
    } catch (SysException | IllegalArgumentException e) {
      open();
      throw new PortException(subject + ": " + wanted + ": " + e.getMessage(), e);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public PortReport report() {
    open();
    return new PortReport(
        PacketSocketDriver.NAME,
        spec.name() + (spec.queues().isEmpty() ? "" : " queues " + spec.queues()),
        options.blocks() ? "packet socket, blocks" : "packet socket, calls",
        state(),
        census(),
        List.of(),
        statistics(),
        facts());
  }

  private String state() {
    try {
      return socket.state().text();
    } catch (SysException e) {
      return e.getMessage();
    }
  }

  private FrameCensus census() {
    int pending = reception.pending();
    return new FrameCensus(
        pool.free(), reception.placed() - pending, pending, pool.held(), 0, 0, pool.total());
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("interface number", String.valueOf(socket.index()));
    facts.put("pages", mapped.pages().text());
    facts.put("match", match.toString());
    facts.put("filter", filterLength + " instructions");
    facts.put("queueing discipline", options.bypass() ? "bypassed" : "obeyed");
    facts.put("direction", spec.direction() == Direction.BOTH ? "both" : side(spec.direction()));
    options.fanout().map(Fanout::toString).ifPresent(text -> facts.put("fanout", text));
    return facts;
  }

  private static String side(Direction direction) {
    return direction.receives() ? "receives only" : "sends only";
  }

  private void open() {
    if (closed) {
      throw new PortClosedException(subject);
    }
  }

  @Override
  public void close() {
    closed = true;
    ending.lock();
    try {
      // Whoever comes second waits here until nothing is left, and is done.
      if (receiving.shut(socket::wake)) {
        sending.shut(() -> {});
        // What was lost since it was last asked for is counted too.
        socket.dropped();
        socket.close();
        arena.close();
        closing.accept(this);
      }
    } finally {
      ending.unlock();
    }
  }

  @Override
  public String toString() {
    return subject;
  }
}
