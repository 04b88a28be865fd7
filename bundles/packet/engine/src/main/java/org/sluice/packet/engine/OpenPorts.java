// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sluice.link.api.LinkTable;
import org.sluice.packet.api.AsyncPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.api.Ports;
import org.sluice.packet.api.SplitPort;

/** The ports that are open, and a thread that looks after them. */
@Component(service = {Ports.class, OpenPorts.class})
public final class OpenPorts implements Ports {
  private static final long GLANCE_NANOS = 250_000_000;

  private final Links links = new Links();
  private final Drivers drivers = new Drivers(links);
  private final Set<Steady<?>> open = ConcurrentHashMap.newKeySet();
  private final Set<AsyncFrames> calling = ConcurrentHashMap.newKeySet();
  private final Trace trace = new Trace();
  private final Thread keeper =
      Thread.ofPlatform().daemon().name("packet.engine/keeper").unstarted(this::keep);
  private volatile boolean closed;

  @Activate
  public void start() {
    keeper.start();
  }

  @Deactivate
  public void stop() throws InterruptedException {
    closed = true;
    LockSupport.unpark(keeper);
    keeper.join();
    calling.forEach(AsyncFrames::close);
    open.forEach(Port::close);
    trace.end();
  }

  @Reference(
      service = PortDriver.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "driverGone")
  public void driverThere(PortDriver driver) {
    drivers.add(driver);
    open.forEach(Steady::arrived);
  }

  /** When this returns no port uses the driver. */
  public void driverGone(PortDriver driver) {
    drivers.remove(driver);
    open.forEach(port -> port.leaves(driver));
  }

  /** Without it datagrams cannot be made of frames. */
  @Reference(
      service = LinkTable.class,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "tableGone")
  public void tableThere(LinkTable table) {
    links.there(table);
    open.forEach(Steady::arrived);
  }

  public void tableGone(LinkTable table) {
    links.gone(table);
  }

  @Override
  public <P extends Port> P open(PortSpec<P> spec, String driver) throws PortException {
    Steady<?> port = steady(spec, driver);
    open.add(port);
    LockSupport.unpark(keeper);
    try {
      port.begin();
    } catch (PortException | RuntimeException e) {
      open.remove(port);
      throw e;
    }
    @SuppressWarnings("unchecked") // each kind of specification is of its kind of port
    P made = (P) port;
    return made;
  }

  @Override
  public SplitPort split(FrameSpec spec, String driver) throws PortException {
    return halves(spec, driver);
  }

  @Override
  public AsyncPort async(FrameSpec spec, String driver) throws PortException {
    AsyncFrames[] self = new AsyncFrames[1];
    self[0] = new AsyncFrames(halves(spec, driver), spec.name(), () -> calling.remove(self[0]));
    calling.add(self[0]);
    self[0].start();
    return self[0];
  }

  private SplitFrames halves(FrameSpec spec, String driver) throws PortException {
    return new SplitFrames(open(spec, driver), "port on " + spec.name());
  }

  private Steady<?> steady(PortSpec<?> spec, String driver) {
    Steady<?>[] self = new Steady<?>[1];
    Runnable gone = () -> open.remove(self[0]);
    self[0] =
        switch (spec) {
          case FrameSpec frames -> new SteadyFrames(frames, driver, drivers, trace, gone);
          case DatagramSpec datagrams -> new SteadyDatagrams(datagrams, driver, drivers, gone);
        };
    return self[0];
  }

  @Override
  public List<PortProbe> probe(PortSpec<?> spec) {
    return drivers.probes(spec);
  }

  @Override
  public List<PortReport> reports() {
    return open.stream()
        .flatMap(
            port -> {
              try {
                return java.util.stream.Stream.of(port.report());
              } catch (PortClosedException e) {
                return java.util.stream.Stream.empty();
              }
            })
        .sorted(java.util.Comparator.comparing(PortReport::where).thenComparing(PortReport::driver))
        .toList();
  }

  Drivers drivers() {
    return drivers;
  }

  Trace trace() {
    return trace;
  }

  private void keep() {
    while (!closed) {
      if (open.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, GLANCE_NANOS);
      }
      if (!closed) {
        open.forEach(Steady::check);
      }
    }
  }
}
