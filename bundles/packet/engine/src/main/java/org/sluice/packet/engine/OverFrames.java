// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortProbe.Finding;
import org.sluice.packet.api.PortSpec;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.UdpBinding;
import org.sluice.sys.socket.UdpSocket;
import org.sluice.sys.socket.UdpTuning;

/**
 * Datagrams by a driver of frames, under its name. The options are those of that driver, and of
 * {@code udp.}: {@code sendBuffer}, {@code reuseAddress}, {@code broadcast}, {@code multicastTtl},
 * {@code multicastLoop} and {@code segments}, which mean what they mean for sockets.
 */
public final class OverFrames implements PortDriver {
  private static final int LEAST_MTU = 576;

  /** Header and one VLAN tag. */
  private static final int LAYER_2 = 18;

  /** What a driver may need before a frame. */
  private static final int HEADROOM = 256;

  /** Where both are equally good whoever need not make headers itself is better. */
  private static final int COST = 5;

  private static final int MOST_CHUNKS = 1 << 16;
  private static final int MOST_RING = 4096;

  /** Drivers want to move so many at once. */
  private static final int LEAST_RING = 256;

  private static final long LETTING_GO = 2_000_000_000;
  private static final long PAUSE = 1_000_000;

  private final PortDriver frames;
  private final Links links;
  private final Set<HostedDatagrams> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  OverFrames(PortDriver frames, Links links) {
    this.frames = frames;
    this.links = links;
  }

  /** For who has a table of links at hand. */
  public OverFrames(PortDriver frames, LinkTable table) {
    this(frames, new Links());
    links.there(table);
  }

  /** Whether datagrams can be made of what a driver moves. */
  static boolean possible(PortDriver driver) {
    return driver.kinds().contains(FramePort.class);
  }

  /** Closes all ports and opens none any more. */
  public void close() {
    stopped = true;
    List.copyOf(open).forEach(HostedDatagrams::close);
  }

  @Override
  public String name() {
    return frames.name();
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(DatagramPort.class);
  }

  @Override
  public PortProbe probe(PortSpec<?> spec) {
    if (!(spec instanceof DatagramSpec datagrams)) {
      return new PortProbe(name(), 0, "moves datagrams, no frames", List.of());
    }
    List<Finding> findings = new ArrayList<>();
    LinkView link;
    try {
      UdpTuning.of("udp", datagrams.options(), datagrams.receiveBuffer());
      link = link(datagrams);
      findings.add(Finding.yes("link " + link.name(), "addresses " + link.addresses()));
    } catch (PortException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      findings.add(Finding.no("udp over frames", why, ""));
      return new PortProbe(name(), 0, why, findings);
    }
    PortProbe under = frames.probe(frames(datagrams, link, Match.udp(datagrams.local().getPort())));
    findings.addAll(under.findings());
    int room = datagrams.chunkSize() - HEADROOM;
    boolean whole = link.mtu() + LAYER_2 <= room;
    if (!whole) {
      findings.add(
          Finding.no(
              "each datagram in one chunk",
              "link %s carries packets of %d bytes, a chunk of %d bytes has room for %d"
                  .formatted(link.name(), link.mtu(), datagrams.chunkSize(), room - LAYER_2),
              "larger chunks, a smaller MTU, or a driver of sockets"));
    }
    int merit = whole ? Math.max(1, under.merit() - COST) : 1;
    return new PortProbe(
        name(),
        under.works() ? merit : 0,
        under.summary() + (under.works() ? ", udp over frames" : ""),
        findings);
  }

  @Override
  @SuppressWarnings("unchecked") // the kind of the specification is the kind of the port
  public <P extends Port> P open(PortSpec<P> spec) throws PortException {
    if (!(spec instanceof DatagramSpec datagrams)) {
      throw new PortException("udp over frames moves datagrams, no frames");
    }
    if (stopped) {
      throw new PortException(
          "driver " + name() + " is stopping; ask again when its bundle has started");
    }
    LinkView link = link(datagrams);
    HostedDatagrams port = make(datagrams, link);
    open.add(port);
    if (stopped) {
      port.close();
    }
    return (P) port;
  }

  private HostedDatagrams make(DatagramSpec spec, LinkView link) throws PortException {
    UdpBinding binding = new UdpBinding(spec.local(), spec.only6(), spec.link().orElse(""), false);
    try {
      UdpTuning tuning = UdpTuning.of("udp", spec.options(), spec.receiveBuffer());
      UdpSocket socket = UdpSocket.open(binding, tuning);
      try {
        return new HostedDatagrams(
            spec,
            link,
            socket,
            tuning,
            match -> open(frames(spec, link, match)),
            links,
            open::remove);
      } catch (PortException | RuntimeException e) {
        socket.close();
        throw e;
      }
    } catch (SysException e) {
      String advice = UdpSocket.advice(e);
      throw new PortException(
          name()
              + " port at "
              + binding
              + ": "
              + e.getMessage()
              + (advice.isEmpty() ? "" : " — " + advice),
          e);
    } catch (IllegalArgumentException e) {
      throw new PortException(name() + " port at " + binding + ": " + e.getMessage(), e);
    }
  }

  /** The kernel lets a queue go some time after the port was closed that had it. */
  private FramePort open(FrameSpec spec) throws PortException {
    long end = System.nanoTime() + LETTING_GO;
    while (true) {
      try {
        return frames.open(spec);
      } catch (PortException e) {
        boolean busy = e.getCause() instanceof SysException why && why.errno() == Errno.EBUSY;
        if (!busy || System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(this, PAUSE);
      }
    }
  }

  private static FrameSpec frames(DatagramSpec spec, LinkView link, Match match) {
    int buffered = Math.min(MOST_CHUNKS, spec.receiveBuffer() / spec.chunkSize());
    int chunks = Math.max(spec.chunks(), 2 * Integer.highestOneBit(Math.max(1, buffered)));
    return new FrameSpec(
        link.name(),
        match,
        Direction.BOTH,
        List.of(),
        spec.receiveBuffer() == 0 ? spec.chunks() : chunks,
        spec.chunkSize(),
        Math.clamp(chunks, LEAST_RING, MOST_RING),
        spec.pages(),
        spec.options());
  }

  /** The one link that the datagrams come and go by. */
  private LinkView link(DatagramSpec spec) throws PortException {
    if (spec.member().isPresent()) {
      throw new PortException(
          "datagrams over frames cannot be shared out among members: the interface chooses the"
              + " queue, not the payload; ask for driver socket");
    }
    LinkSnapshot picture =
        links
            .picture()
            .orElseThrow(
                () ->
                    new PortException(
                        "nobody tells of links and addresses: is org.sluice.link.table"
                            + " installed, and org.sluice.link.kernel?"));
    LinkView link = candidate(spec, picture);
    if (link.mac() == 0 || link.mtu() < LEAST_MTU) {
      throw new PortException(
          "link %s is not one of Ethernet, or its MTU %d is too small"
              .formatted(link.name(), link.mtu()));
    }
    if (HostedDatagrams.addresses(spec, link).isEmpty()) {
      throw new PortException(
          "link %s has no address for %s; 'link:show %s' tells which it has"
              .formatted(link.name(), spec.local().getAddress().getHostAddress(), link.name()));
    }
    return link;
  }

  private static LinkView candidate(DatagramSpec spec, LinkSnapshot picture) throws PortException {
    InetAddress local = spec.local().getAddress();
    Optional<String> named = spec.link();
    if (named.isPresent()) {
      return LinkView.named(picture, named.get())
          .orElseThrow(
              () -> new PortException("there is no link " + named.get() + "; see 'link:list'"));
    }
    if (local.isAnyLocalAddress()) {
      throw new PortException("frames are of one link, and none is named");
    }
    List<LinkView> having = LinkView.having(picture, local);
    if (having.size() != 1) {
      throw new PortException(
          "frames are of one link, and %s is the address of %s; name a link"
              .formatted(
                  local.getHostAddress(),
                  having.isEmpty() ? "none" : having.stream().map(LinkView::name).toList()));
    }
    return having.getFirst();
  }
}
