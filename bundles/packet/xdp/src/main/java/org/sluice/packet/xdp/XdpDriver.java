// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Pages;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.rings.ConsumerRing;
import org.sluice.packet.rings.Lane;
import org.sluice.packet.rings.ProducerRing;
import org.sluice.packet.rings.RingPlace;
import org.sluice.packet.rings.RingPort;
import org.sluice.packet.rings.TransmitMetadata;
import org.sluice.sys.Errno;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfException;
import org.sluice.sys.xdp.XdpRing;
import org.sluice.sys.xdp.XdpSocket;
import org.sluice.sys.xdp.XdpWaiter;

/** Opens ports of AF_XDP. Its options are told by {@link XdpOptions}. */
@Component(service = PortDriver.class)
public final class XdpDriver implements PortDriver {
  static final String NAME = "xdp";

  /** What the kernel leaves free before a frame, in every mode. */
  private static final int HEADROOM = 256;

  /** Header and one VLAN tag. */
  static final int LAYER_2 = 18;

  private static final int BUSY_BUDGET = 64;
  private static final int LEAST_BUDGET = 32;

  /** A queue is given back by a thread of the kernel, some time after its socket was closed. */
  private static final long PATIENCE = 1_000_000_000;

  private static final long PAUSE = 2_000_000;

  private final ReentrantLock attaching = new ReentrantLock();
  private final Map<String, Attachment> attachments = new HashMap<>();
  private final Set<RingPort> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  @Activate
  public XdpDriver() {}

  @Deactivate
  public void close() {
    closed = true;
    open.forEach(RingPort::close);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(FramePort.class);
  }

  @Override
  public PortProbe probe(PortSpec<?> spec) {
    return spec instanceof FrameSpec frames
        ? XdpProbe.of(frames)
        : new PortProbe(NAME, 0, "moves frames, not datagrams", List.of());
  }

  @Override
  @SuppressWarnings("unchecked") // P is FramePort, for that is what a FrameSpec is of
  public <P extends Port> P open(PortSpec<P> spec) throws PortException {
    if (spec instanceof FrameSpec frames) {
      return (P) open(frames);
    }
    throw new PortException("driver xdp moves frames, not datagrams");
  }

  private FramePort open(FrameSpec spec) throws PortException {
    XdpOptions options = XdpOptions.of(spec.options());
    if (spec.chunkSize() > 4096) {
      throw new PortException(
          "interface %s: AF_XDP has chunks of 2048 or 4096 bytes, not %d"
              .formatted(spec.name(), spec.chunkSize()));
    }
    if (!options.with().isEmpty() && !options.map().isEmpty()) {
      throw new PortException(
          "options xdp.with and xdp.map: a map of somebody else's program is of one interface; give one of them");
    }
    List<String> names = new ArrayList<>(options.with());
    names.addFirst(spec.name());
    if (names.stream().distinct().count() != names.size()) {
      throw new PortException(
          "option xdp.with: an interface is named twice in " + String.join(", ", names));
    }
    List<Leg> legs = new ArrayList<>();
    try {
      for (String name : names) {
        legs.add(Leg.open(name));
      }
      return new Opening(spec, options, legs).open();
    } catch (SysException e) {
      legs.forEach(Leg::close);
      throw new PortException(advice(e), e);
    } catch (PortException | RuntimeException e) {
      legs.forEach(Leg::close);
      throw e;
    }
  }

  /** One port in the making; what was obtained goes back when the rest cannot be. */
  private final class Opening {
    private final FrameSpec spec;
    private final XdpOptions options;
    private final List<Leg> legs;
    private final Arena arena = Arena.ofShared();
    private final List<XdpSocket> sockets = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private @Nullable XdpWaiter waiter;
    private @Nullable RingPort port;

    Opening(FrameSpec spec, XdpOptions options, List<Leg> legs) {
      this.spec = spec;
      this.options = options;
      this.legs = legs;
    }

    RingPort open() throws SysException, PortException {
      try {
        if (spec.direction().receives()) {
          for (Leg leg : legs) {
            leg.way(way(leg.on(), options));
          }
        }
        MappedMemory memory =
            MappedMemory.map(arena, (long) spec.chunks() * spec.chunkSize(), pages(spec.pages()));
        for (Leg leg : legs) {
          sockets(leg, memory);
        }
        XdpWaiter waits = XdpWaiter.on(sockets);
        waiter = waits;
        XdpExchange exchange =
            new XdpExchange(legs, arena, memory.pages(), sockets, waits, options, this::detach);
        RingPort made =
            new RingPort(
                new RingPort.Build(
                    NAME,
                    legs.stream().map(Leg::text).collect(Collectors.joining(", ")),
                    memory.segment(),
                    spec.chunks(),
                    spec.chunkSize(),
                    HEADROOM,
                    HEADROOM,
                    legs.getFirst().facts().mtu() + LAYER_2,
                    lanes,
                    exchange,
                    this::closed));
        port = made;
        open.add(made);
        if (closed) {
          throw new PortException("interface " + spec.name() + ": the driver xdp is stopping");
        }
        for (Leg leg : legs) {
          leg.enter(spec.match());
        }
        return made;
      } catch (SysException | PortException | RuntimeException e) {
        undo();
        throw e;
      }
    }

    private void sockets(Leg leg, MappedMemory memory) throws SysException, PortException {
      List<Integer> all =
          spec.queues().isEmpty()
              ? IntStream.range(0, leg.facts().receiveQueues()).boxed().toList()
              : spec.queues();
      int sending = options.sender() == XdpOptions.NO_QUEUE ? all.getLast() : options.sender();
      if (spec.direction().receives() && !all.contains(sending)) {
        throw new PortException(
            "interface %s: option xdp.sender names queue %d, which is none of this port's: %s"
                .formatted(leg.name(), sending, all));
      }
      for (int queue : spec.direction().receives() ? all : List.of(sending)) {
        String subject = leg.name() + " queue " + queue;
        XdpSocket socket =
            sockets.isEmpty()
                ? first(subject, memory)
                : XdpSocket.sharing(subject, sockets.getFirst());
        sockets.add(socket);
        leg.add(queue, socket);
        boolean sends = spec.direction().sends() && queue == sending;
        rings(socket, sends);
        bind(socket, leg, queue);
        lanes.add(lane(legs.size() == 1 ? "queue " + queue : subject, socket));
      }
    }

    private XdpSocket first(String subject, MappedMemory memory)
        throws SysException, PortException {
      int metadata = options.finish() == XdpOptions.Finish.NONE ? 0 : TransmitMetadata.LENGTH;
      boolean software = options.finish() == XdpOptions.Finish.SOFTWARE;
      try {
        return XdpSocket.open(subject, memory.segment(), spec.chunkSize(), metadata, software);
      } catch (SysException e) {
        if (metadata > 0 && e.errno() == Errno.EINVAL) {
          // Without it frames would leave unfinished, and nobody would know.
          throw new PortException(
              "option xdp.tx-metadata: %s \u2014 it takes Linux 6.8".formatted(e.getMessage()), e);
        }
        throw e;
      }
    }

    private void rings(XdpSocket socket, boolean sends) throws SysException {
      if (spec.direction().receives()) {
        socket.receiveRings(spec.ring());
      }
      if (sends) {
        socket.transmitRings(spec.ring());
        // The kernel refuses more than the ring holds, and less than what it does anyway.
        int budget = Math.min(options.budget(), spec.ring());
        if (budget > LEAST_BUDGET) {
          socket.transmitBudget(budget);
        }
      }
      socket.missingRings();
      if (options.busyPoll() > 0) {
        socket.busyPoll(options.busyPoll(), BUSY_BUDGET);
      }
    }

    private void bind(XdpSocket socket, Leg leg, int queue) throws SysException, PortException {
      Way way = leg.way();
      if (way != null) {
        way.free(queue);
      }
      for (long begun = System.nanoTime(); ; LockSupport.parkNanos(this, PAUSE)) {
        try {
          socket.bind(leg.on().index(), queue, flags());
          return;
        } catch (SysException e) {
          if (e.errno() != Errno.EBUSY || System.nanoTime() - begun > PATIENCE) {
            throw e;
          }
        }
      }
    }

    private int flags() {
      int flags = options.wakeup() ? XdpSocket.NEED_WAKEUP : 0;
      if (options.multiBuffer()) {
        flags |= XdpSocket.SEVERAL_BUFFERS;
      }
      return flags
          | switch (options.copy()) {
            case AUTO -> 0;
            case COPY -> XdpSocket.COPY;
            case ZERO -> XdpSocket.ZERO_COPY;
          };
    }

    private void detach() {
      for (Leg leg : legs) {
        Way way = leg.leaveWay();
        if (way != null) {
          XdpDriver.this.detach(leg.on(), way, leg.entered());
        }
      }
    }

    private void closed() {
      RingPort gone = port;
      if (gone != null) {
        open.remove(gone);
      }
    }

    private void undo() {
      detach();
      RingPort made = port;
      if (made != null) {
        made.close();
        return;
      }
      XdpWaiter waits = waiter;
      if (waits != null) {
        waits.close();
      }
      sockets.reversed().forEach(XdpSocket::close);
      arena.close();
    }
  }

  private Way way(NetworkInterface on, XdpOptions options) throws PortException, SysException {
    if (!options.map().isEmpty()) {
      return new PinnedMap(Path.of(options.map()));
    }
    String key = key(on);
    attaching.lock();
    try {
      Attachment there = attachments.get(key);
      if (there == null) {
        there = Attachment.attach(on, options);
        attachments.put(key, there);
      }
      there.join();
      return there;
    } finally {
      attaching.unlock();
    }
  }

  private void detach(NetworkInterface on, Way way, List<Integer> queues) {
    attaching.lock();
    try {
      way.remove(queues);
    } catch (SysException e) {
      // The interface is gone, and the program with it.
    }
    try {
      if (way instanceof Attachment attachment && attachment.leave()) {
        attachment.close();
        attachments.remove(key(on), attachment);
      }
    } finally {
      attaching.unlock();
    }
  }

  private static String key(NetworkInterface on) {
    return on.network() + " " + on.index();
  }

  private static Lane lane(String name, XdpSocket socket) {
    return new Lane(
        name,
        socket.receive().map(ring -> new ConsumerRing(place(ring))).orElse(null),
        socket.fill().map(ring -> new ProducerRing(place(ring))).orElse(null),
        socket.transmit().map(ring -> new ProducerRing(place(ring))).orElse(null),
        socket.completion().map(ring -> new ConsumerRing(place(ring))).orElse(null));
  }

  private static RingPlace place(XdpRing ring) {
    return new RingPlace(
        ring.memory(), ring.producer(), ring.consumer(), ring.flags(), ring.entries(), ring.size());
  }

  private static PageKind pages(Pages wanted) {
    return switch (wanted) {
      case AUTO, TRANSPARENT -> PageKind.TRANSPARENT;
      case SMALL -> PageKind.SMALL;
      case HUGE -> PageKind.HUGE;
      case GIANT -> PageKind.GIANT;
    };
  }

  /** What the kernel said, and what to do about it. */
  static String advice(SysException e) {
    String remedy = remedy(e);
    return remedy.isEmpty() ? e.getMessage() : e.getMessage() + " \u2014 " + remedy;
  }

  /** What to do about it; empty when that is not known. */
  static String remedy(SysException e) {
    return switch (e.errno()) {
      case EPERM, EACCES ->
          e instanceof BpfException refused && !refused.log().isEmpty()
              ? "the verifier of this kernel does not take the program: match less, and report what it said"
              : "it takes CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF: see docs/security.md, or 'packet:probe'";
      case ENOBUFS ->
          "the process may not lock that much memory: grant CAP_IPC_LOCK, raise LimitMEMLOCK=, or ask for fewer chunks";
      case EBUSY -> "the queue belongs to another socket; 'ss --xdp' shows whose";
      case ENODEV, ENXIO -> "is the interface there, and up?";
      case ENOTSUP, ERANGE -> "the driver of the interface cannot do this";
      default -> "";
    };
  }
}
