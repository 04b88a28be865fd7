// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.proto.Prefix;
import org.sluice.packet.proto.UdpOverFrames;
import org.sluice.packet.proto.UdpSettings;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.UdpSocket;
import org.sluice.sys.socket.UdpTuning;

/**
 * Datagrams that come and go as frames, on a host whose kernel keeps doing the rest: see {@link
 * HostSocket} and {@link KernelNeighbours}. Follows its link.
 */
final class HostedDatagrams implements DatagramPort, Links.Follower {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final int MOST_CHUNK = 65_536;

  private final DatagramSpec spec;
  private final Links links;
  private final Consumer<HostedDatagrams> ended;
  private final UdpSocket socket;
  private final FramePort frames;
  private final HostSocket host;
  private final KernelNeighbours neighbours;
  private final UdpOverFrames port;
  private final Gate receiving;
  private final String title;
  private final int localPort;

  /** Held while the port is made to be like its link, or while it joins groups. */
  private final ReentrantLock changing = new ReentrantLock();

  private final Set<Membership> joined = new LinkedHashSet<>();
  private LinkView link;
  private @Nullable Match matched;
  private volatile boolean closed;

  /** Opens the port of frames. */
  @FunctionalInterface
  interface Frames {
    FramePort open(Match match) throws PortException;
  }

  /**
   * @param socket bound to the address; belongs to this port, unless making it fails
   */
  HostedDatagrams(
      DatagramSpec spec,
      LinkView link,
      UdpSocket socket,
      UdpTuning tuning,
      Frames opening,
      Links links,
      Consumer<HostedDatagrams> ended)
      throws PortException {
    this.spec = spec;
    this.link = link;
    this.socket = socket;
    this.links = links;
    this.ended = ended;
    localPort = socket.local().getPort();
    title = "udp port at " + socket.binding() + " over frames";
    receiving = new Gate(title, "receiving");
    neighbours = neighbours(link);
    FramePort opened = null;
    HostSocket made = null;
    try {
      for (Membership membership : spec.groups()) {
        enter(membership);
      }
      Match match = match(link);
      opened = opening.open(match);
      frames = opened;
      matched = match;
      made = new HostSocket(socket, frames, frames.frameSize());
      host = made;
      List<Prefix> addresses = addresses(spec, link);
      UdpSettings settings =
          new UdpSettings(
              link.mac(),
              addresses,
              localPort,
              0,
              link.mtu(),
              64,
              tuning.multicastTtl() < 0 ? 1 : tuning.multicastTtl(),
              false,
              false,
              UdpSettings.Reports.NONE,
              link.name(),
              link.index(),
              0);
      neighbours.routes(link.routes());
      port = UdpOverFrames.over(frames, settings, neighbours, host);
      for (Membership membership : joined) {
        port.join(membership);
      }
    } catch (PortException | RuntimeException e) {
      neighbours.close();
      if (opened != null) {
        opened.close();
      }
      if (made != null) {
        made.close();
      }
      throw e;
    }
    host.start();
    links.follow(this);
  }

  private static KernelNeighbours neighbours(LinkView link) throws PortException {
    try {
      return new KernelNeighbours(link.index());
    } catch (IOException e) {
      throw new PortException("neighbours of " + link.name() + ": " + e.getMessage(), e);
    }
  }

  /** Those of a link to which datagrams for this specification may come. */
  static List<Prefix> addresses(DatagramSpec spec, LinkView link) {
    InetAddress local = spec.local().getAddress();
    if (!local.isAnyLocalAddress()) {
      Prefix wanted = Prefix.of(local, 8 * local.getAddress().length);
      return link.addresses().stream()
          .filter(one -> one.low() == wanted.low() && one.high() == wanted.high())
          .toList();
    }
    boolean six = local.getAddress().length == 16;
    return link.addresses().stream()
        .filter(one -> one.four() ? !six || !spec.only6() : six)
        .toList();
  }

  private Match match(LinkView now) throws PortException {
    Match match = null;
    Set<InetAddress> all = new LinkedHashSet<>();
    addresses(spec, now).forEach(one -> all.add(DatagramBatch.inet(one.high(), one.low())));
    joined.forEach(one -> all.add(one.group()));
    for (InetAddress one : all) {
      Match next = new Match.Destination(one, localPort);
      match = match == null ? next : match.or(next);
    }
    if (match == null) {
      throw new PortException(
          "%s: link %s has no address for it; 'link:show %s' tells which it has"
              .formatted(title, now.name(), now.name()));
    }
    return match;
  }

  @Override
  public int link() {
    changing.lock();
    try {
      return link.index();
    } finally {
      changing.unlock();
    }
  }

  @Override
  public void changed(LinkSnapshot picture) {
    changing.lock();
    try {
      if (closed) {
        return;
      }
      // It may have got another name, and its name another link.
      LinkView now = LinkView.numbered(picture, link.index()).orElse(null);
      if (now == null || now.mac() == 0 || now.equals(link)) {
        return;
      }
      link = now;
      neighbours.routes(now.routes());
      port.change(now.mac(), Math.clamp(now.mtu(), 576, 65_535), addresses(spec, now));
      rematch();
    } catch (PortException e) {
      LOG.log(WARNING, title + ": " + e.getMessage());
    } catch (PortClosedException e) {
      // Its driver went; the holder will hear of that.
    } finally {
      changing.unlock();
    }
  }

  /** When nothing is left to match, what was matched last stays, and is not handed out. */
  private void rematch() throws PortException {
    if (addresses(spec, link).isEmpty() && joined.isEmpty()) {
      return;
    }
    Match match = match(link);
    if (!match.equals(matched)) {
      frames.match(match);
      matched = match;
    }
  }

  @Override
  public void join(Membership membership) throws PortException {
    changing.lock();
    try {
      open();
      if (!membership.link().equals(link.name())) {
        throw new PortException(
            "%s: join %s on %s: it has frames of %s only; open a port on that interface"
                .formatted(
                    title, membership.group().getHostAddress(), membership.link(), link.name()));
      }
      enter(membership);
      try {
        port.join(membership);
        rematch();
      } catch (PortException e) {
        quit(membership);
        throw e;
      }
    } finally {
      changing.unlock();
    }
  }

  /** The kernel is the member: it tells routers and switches, and opens the filter of the link. */
  private void enter(Membership membership) throws PortException {
    if (joined.contains(membership)) {
      return;
    }
    try {
      socket.join(membership.group(), membership.link(), membership.source());
    } catch (SysException e) {
      if (e.errno() != Errno.EADDRINUSE || membership.source().isPresent()) {
        String advice = UdpSocket.advice(e);
        throw new PortException(
            title + ": " + e.getMessage() + (advice.isEmpty() ? "" : " — " + advice), e);
      }
    }
    joined.add(membership);
  }

  private void quit(Membership membership) {
    if (joined.remove(membership)) {
      port.leave(membership);
      try {
        socket.leave(membership.group(), membership.link(), membership.source());
      } catch (SysException e) {
        // The link is gone and has taken the membership with it.
      }
    }
  }

  @Override
  public void leave(Membership membership) {
    changing.lock();
    try {
      open();
      quit(membership);
      rematch();
    } catch (PortException e) {
      LOG.log(WARNING, title + ": " + e.getMessage());
    } finally {
      changing.unlock();
    }
  }

  private void open() {
    if (closed) {
      throw new PortClosedException(title);
    }
  }

  @Override
  public InetSocketAddress local() {
    return socket.local();
  }

  @Override
  public String driver() {
    return frames.driver();
  }

  @Override
  public MemorySegment memory() {
    return port.memory();
  }

  @Override
  public int chunkSize() {
    return port.chunkSize();
  }

  @Override
  public int payloadSize() {
    return port.payloadSize();
  }

  @Override
  public int receive(DatagramBatch into) {
    receiving.enter();
    try {
      port.receive(into);
      if (host.readable()) {
        host.receive(port, into, localPort);
      }
      return into.count();
    } finally {
      receiving.leave();
    }
  }

  @Override
  public boolean await(long nanos) {
    receiving.enter();
    try {
      return host.readable() || port.await(nanos) || host.readable();
    } finally {
      receiving.leave();
    }
  }

  @Override
  public void wake() {
    open();
    port.wake();
  }

  @Override
  public int reserve(DatagramBatch into, int count) {
    return port.reserve(into, count);
  }

  @Override
  public int send(DatagramBatch datagrams) {
    int size = port.chunkSize();
    if (!datagrams.isEmpty()) {
      own(datagrams);
      inside(datagrams, size, port.memory().byteSize());
    }
    return port.send(datagrams);
  }

  /** What a holder added by hand must not be read beyond its chunk. */
  private static void inside(DatagramBatch batch, int chunk, long size) {
    for (int i = 0; i < batch.count(); i++) {
      long address = batch.address(i);
      int length = batch.length(i);
      if (length >= 0
          && (address < 0
              || address >= size
              || length > MOST_CHUNK
              || (address & (chunk - 1)) + length > chunk)) {
        throw new IndexOutOfBoundsException(
            "datagram %d at %d with %d bytes is not in a chunk of the port"
                .formatted(i, address, length));
      }
    }
  }

  private void own(DatagramBatch batch) {
    if (!Port.sameMemory(batch.memory(), port.memory())) {
      throw new IllegalArgumentException("the batch holds datagrams of another port than " + title);
    }
  }

  @Override
  public void flush() {
    port.flush();
  }

  @Override
  public void release(DatagramBatch datagrams) {
    open();
    if (!datagrams.isEmpty()) {
      own(datagrams);
      datagrams.compact();
    }
    port.release(datagrams);
  }

  @Override
  public PortStatistics statistics() {
    open();
    Tally beside = host.received();
    return port.statistics()
        .plus(
            new PortStatistics(
                beside.get(Tally.Of.RECEIVED),
                beside.get(Tally.Of.RECEIVED_BYTES),
                0,
                0,
                socket.drops(),
                beside.get(Tally.Of.RECEIVE_INVALID),
                0,
                0,
                beside.get(Tally.Of.WAKEUPS)));
  }

  @Override
  public PortReport report() {
    open();
    PortReport under = port.report();
    Map<String, String> facts = new TreeMap<>(under.facts());
    facts.put("received beside", Long.toString(host.received().get(Tally.Of.RECEIVED)));
    changing.lock();
    try {
      facts.put("match", String.valueOf(matched));
      facts.put("mtu", Integer.toString(link.mtu()));
    } finally {
      changing.unlock();
    }
    return new PortReport(
        under.driver(),
        socket.binding().toString(),
        under.mode(),
        under.state(),
        under.census(),
        under.rings(),
        statistics(),
        facts);
  }

  @Override
  public void close() {
    if (!receiving.shut(this::nudge)) {
      return;
    }
    links.forget(this);
    changing.lock();
    try {
      closed = true;
    } finally {
      changing.unlock();
    }
    port.close();
    host.close();
    neighbours.close();
    ended.accept(this);
  }

  private void nudge() {
    try {
      port.wake();
    } catch (PortClosedException e) {
      // Who waited has left, then.
    }
  }
}
