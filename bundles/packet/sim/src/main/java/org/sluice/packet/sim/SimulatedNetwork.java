// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortException;
import org.sluice.packet.rings.ConsumerRing;
import org.sluice.packet.rings.Lane;
import org.sluice.packet.rings.ProducerRing;
import org.sluice.packet.rings.RingPlace;
import org.sluice.packet.rings.RingPort;

/**
 * Cables in memory, and ports at their ends. For tests of what uses ports, without a framework,
 * without privileges, on any system:
 *
 * <pre>{@code
 * try (SimulatedNetwork network = new SimulatedNetwork()) {
 *   FramePort port = network.open(FrameSpec.on("lan.a").matching(Match.udp(53)));
 *   network.inject("lan.a", query);
 *   // … let the code under test work on the port …
 *   assertEquals(1, network.sent("lan.a").size());
 * }
 * }</pre>
 *
 * <p>{@code lan.a} is the end {@code a} of the cable {@code lan}. What is sent at one end arrives
 * at all others that are open, and there at the port whose match takes it, or else at the host.
 * Cables come into being with their first port and vanish with their last.
 *
 * <p>Options of a port:
 *
 * <ul>
 *   <li>{@code sim.mtu}, 1500: longer packets are neither sent nor received.
 *   <li>{@code sim.queues}, 1: of this end; all ports at one end say the same.
 *   <li>{@code sim.budget}, 32: frames that one call sends at most.
 *   <li>{@code sim.multibuffer}, true: whether packets longer than a chunk are received.
 *   <li>{@code sim.wakeup}, true: whether the far side of the rings sleeps when it found no chunk,
 *       until it is told of new ones.
 *   <li>{@code sim.loss}, {@code sim.duplicate}, {@code sim.reorder}: which share of the packets
 *       that this port sends is lost, arrives twice, is overtaken by 1 to 5 that follow.
 *   <li>{@code sim.delay}, {@code sim.jitter}: after how many further packets of this port one
 *       arrives, and up to how many more at random. There is no clock, so that every run is the
 *       same. When a receiver awaits, when the sender closes, and at {@link #settle}, all that is
 *       on its way arrives.
 *   <li>{@code sim.seed}, 1: of all that is random. The fate of a packet depends on it and on the
 *       number of the packet alone.
 * </ul>
 *
 * <p>Any thread may call anything.
 */
public final class SimulatedNetwork implements AutoCloseable {
  private static final int HEADROOM = 256;
  private static final int LAYER_2 = 18;
  private static final int DESCRIPTOR = 16;
  private static final int ADDRESS = 8;
  private static final int PAGE = 4096;
  private static final int KEPT = 4096;

  // The monitor of this object guards all that is below, and is what "guarded by the network" means
  private final int kept;
  private final Map<String, Cable> cables = new TreeMap<>();
  private final Map<String, Kept> sent = new TreeMap<>();
  private final Map<String, Kept> hosts = new TreeMap<>();
  private final Set<RingPort> ports = new HashSet<>();
  private boolean closed;

  /** Keeps copies of the last 4096 packets that were sent, and went to the host, at each end. */
  public SimulatedNetwork() {
    this(KEPT);
  }

  /**
   * @param kept how many packets are kept for {@link #sent} and {@link #toHost}; with 0, sending
   *     allocates nothing
   */
  public SimulatedNetwork(int kept) {
    this.kept = kept;
  }

  /**
   * Opens a port at an end of a cable.
   *
   * @throws PortException when a queue is taken already, or the specification is wrong
   */
  public FramePort open(FrameSpec spec) throws PortException {
    SimName name = SimName.of(spec.name());
    SimOptions options = SimOptions.of(spec.options());
    synchronized (this) {
      if (closed) {
        throw new PortException("interface " + spec.name() + ": the simulated network is closed");
      }
      Cable cable = cables.getOrDefault(name.cable(), new Cable(name.cable()));
      End end = end(cable, spec.name());
      boolean fresh = end == null;
      if (end == null) {
        end =
            new End(
                spec.name(),
                cable,
                options.mtu(),
                options.queues(),
                sent.computeIfAbsent(spec.name(), any -> new Kept(kept)),
                hosts.computeIfAbsent(spec.name(), any -> new Kept(kept)));
      }
      RingPort port = new Opening(spec, options, end).open();
      if (fresh) {
        cable.ends().add(end);
      }
      cables.put(name.cable(), cable);
      ports.add(port);
      return port;
    }
  }

  /** One port in the making. */
  private final class Opening {
    private final FrameSpec spec;
    private final SimOptions options;
    private final End end;
    private final int[] queues;
    private @Nullable RingPort port;

    Opening(FrameSpec spec, SimOptions options, End end) throws PortException {
      this.spec = spec;
      this.options = options;
      this.end = end;
      if (options.queues() != end.queues() || options.mtu() != end.mtu()) {
        throw new PortException(
            "interface %s: another port has it with sim.queues=%d and sim.mtu=%d; say the same"
                .formatted(spec.name(), end.queues(), end.mtu()));
      }
      queues =
          spec.queues().isEmpty()
              ? IntStream.range(0, end.queues()).toArray()
              : spec.queues().stream().mapToInt(Integer::intValue).toArray();
      for (int queue : queues) {
        if (queue >= end.queues()) {
          throw new PortException(
              "interface %s: there is no queue %d; it has %d, counted from 0: see sim.queues"
                  .formatted(spec.name(), queue, end.queues()));
        }
        if (spec.direction().receives() && end.taken(queue)) {
          throw new PortException(
              "interface %s, queue %d: another port receives there already"
                  .formatted(spec.name(), queue));
        }
      }
    }

    RingPort open() {
      Arena arena = Arena.ofShared();
      try {
        return open(arena);
      } catch (OutOfMemoryError | RuntimeException e) {
        arena.close();
        throw e;
      }
    }

    private RingPort open(Arena arena) {
      MemorySegment memory = arena.allocate((long) spec.chunks() * spec.chunkSize(), PAGE);
      List<Lane> lanes = new ArrayList<>();
      List<Inlet> inlets = new ArrayList<>();
      @Nullable Outlet outlet = null;
      for (int i = 0; i < queues.length; i++) {
        @Nullable ConsumerRing receive = null;
        @Nullable ProducerRing fill = null;
        @Nullable ProducerRing transmit = null;
        @Nullable ConsumerRing completion = null;
        if (spec.direction().receives()) {
          RingPlace in = ring(arena, DESCRIPTOR);
          RingPlace free = ring(arena, ADDRESS);
          receive = new ConsumerRing(in);
          fill = new ProducerRing(free);
          inlets.add(
              new Inlet(
                  memory, spec.chunkSize(), HEADROOM, end.mtu() + LAYER_2, options, free, in));
        }
        if (spec.direction().sends() && i == 0) {
          RingPlace out = ring(arena, DESCRIPTOR);
          RingPlace done = ring(arena, ADDRESS);
          transmit = new ProducerRing(out);
          completion = new ConsumerRing(done);
          outlet = new Outlet(end, memory, options, out, done);
        }
        if (receive != null || transmit != null) {
          lanes.add(new Lane("queue " + queues[i], receive, fill, transmit, completion));
        }
      }
      SimExchange exchange =
          new SimExchange(
              SimulatedNetwork.this,
              arena,
              end,
              spec.match(),
              queues,
              inlets.toArray(Inlet[]::new),
              outlet);
      RingPort made =
          new RingPort(
              new RingPort.Build(
                  SimDriver.NAME,
                  spec.name() + (queues.length == 1 ? " queue " : " queues ") + text(queues),
                  memory,
                  spec.chunks(),
                  spec.chunkSize(),
                  HEADROOM,
                  HEADROOM,
                  end.mtu() + LAYER_2,
                  lanes,
                  exchange,
                  this::closed));
      port = made;
      end.join();
      if (outlet != null) {
        end.cable().outlets().add(outlet);
      }
      if (spec.direction().receives()) {
        for (int queue : queues) {
          end.take(queue, exchange);
        }
      }
      return made;
    }

    private RingPlace ring(Arena arena, int entry) {
      return RingPlace.in(arena.allocate(RingPlace.length(spec.ring(), entry), 64), spec.ring());
    }

    private void closed() {
      synchronized (SimulatedNetwork.this) {
        ports.remove(port);
      }
    }
  }

  /** A port goes; what it sent still arrives. */
  synchronized void leave(End end, SimExchange port, @Nullable Outlet outlet) {
    Cable cable = end.cable();
    if (outlet != null) {
      outlet.settle();
      cable.outlets().remove(outlet);
    }
    if (end.leave(port)) {
      cable.ends().remove(end);
      if (cable.ends().isEmpty()) {
        cables.remove(cable.name(), cable);
      }
    }
  }

  /**
   * Has a packet arrive at an end as if it came from outside. When the cable is unplugged nothing
   * arrives.
   *
   * @throws IllegalArgumentException when no port is open there
   */
  public synchronized void inject(String end, byte[] packet) {
    End at = open(end);
    if (at.cable().plugged()) {
      at.arrive(MemorySegment.ofArray(packet), 0, packet.length);
      at.announce();
    }
  }

  /** The last packets that were sent at an end, whatever became of them. */
  public synchronized List<byte[]> sent(String end) {
    return kept(sent, end).packets();
  }

  /** How many packets were sent at an end. */
  public synchronized long sentCount(String end) {
    return kept(sent, end).count();
  }

  /** The last packets that arrived at an end and were for no port there. */
  public synchronized List<byte[]> toHost(String end) {
    return kept(hosts, end).packets();
  }

  /** How many packets went to the host at an end. */
  public synchronized long toHostCount(String end) {
    return kept(hosts, end).count();
  }

  /** Nothing comes through the cable any more; its ports have no carrier. */
  public synchronized void unplug(String cable) {
    cable(cable).plug(false);
  }

  /** The cable carries again. */
  public synchronized void plug(String cable) {
    cable(cable).plug(true);
  }

  /**
   * Takes the interface at this end away, from under its ports. They stay open and move nothing;
   * ports that are opened by the name from now on are at a new one.
   */
  public synchronized void remove(String end) {
    End gone = open(end);
    gone.remove();
    gone.cable().ends().remove(gone);
  }

  /** Everything that is on its way arrives now. */
  public synchronized void settle() {
    cables.values().forEach(Cable::settle);
  }

  /** Closes all ports. None can be opened any more. */
  @Override
  public void close() {
    List<RingPort> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(ports);
    }
    open.forEach(RingPort::close);
  }

  private Cable cable(String name) {
    Cable cable = cables.get(name);
    if (cable == null) {
      throw new IllegalArgumentException(
          "there is no cable %s; those are %s".formatted(name, cables.keySet()));
    }
    return cable;
  }

  private End open(String name) {
    for (Cable cable : cables.values()) {
      End end = end(cable, name);
      if (end != null) {
        return end;
      }
    }
    throw new IllegalArgumentException("no port is open at " + name);
  }

  private static @Nullable End end(Cable cable, String name) {
    return cable.ends().stream().filter(end -> end.name().equals(name)).findFirst().orElse(null);
  }

  private static Kept kept(Map<String, Kept> all, String end) {
    Kept kept = all.get(end);
    if (kept == null) {
      throw new IllegalArgumentException("no port was ever open at " + end);
    }
    return kept;
  }

  private static String text(int[] queues) {
    return IntStream.of(queues).mapToObj(String::valueOf).collect(Collectors.joining(", "));
  }
}
