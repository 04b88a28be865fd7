// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortProbe.Finding;
import org.sluice.packet.api.PortSpec;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.SharedAddresses;
import org.sluice.sys.socket.UdpBinding;
import org.sluice.sys.socket.UdpProbe;
import org.sluice.sys.socket.UdpSocket;
import org.sluice.sys.socket.UdpTuning;

/**
 * Datagrams by plain sockets of the kernel, many a call. It works on every kernel and with every
 * network, and needs no privilege.
 *
 * <p>Its options:
 *
 * <table>
 *   <caption>{@code socket.…}</caption>
 *   <tr><td>{@code sendBuffer}</td><td>bytes the kernel keeps until they have left; 0, which is
 *     meant when nothing is said, for its default</td></tr>
 *   <tr><td>{@code reuseAddress}</td><td>{@code true} lets a foreign process that agrees bind the
 *     same address, as those do that hear the same multicast; {@code false}</td></tr>
 *   <tr><td>{@code broadcast}</td><td>{@code true} lets datagrams leave to broadcast addresses;
 *     {@code false}</td></tr>
 *   <tr><td>{@code multicastTtl}</td><td>how far multicast travels, from 0 to 255; one hop</td></tr>
 *   <tr><td>{@code multicastLoop}</td><td>{@code false} keeps this host from hearing what it sends
 *     to a group; {@code true}</td></tr>
 *   <tr><td>{@code segments}</td><td>{@code false} hands every datagram over by itself, even those
 *     of one length to one receiver; {@code true}</td></tr>
 * </table>
 */
@Component(service = PortDriver.class)
public final class SocketDriver implements PortDriver {
  static final String NAME = "socket";
  private static final int MERIT = 30;

  private final SharedAddresses shared = new SharedAddresses();
  private final Set<SocketPort> ports = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  private boolean stopped;

  @Activate
  public SocketDriver() {}

  @Deactivate
  public void stop() {
    life.writeLock().lock();
    try {
      stopped = true;
    } finally {
      life.writeLock().unlock();
    }
    for (SocketPort port : List.copyOf(ports)) {
      port.close();
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(DatagramPort.class);
  }

  @Override
  public PortProbe probe(PortSpec<?> spec) {
    if (!(spec instanceof DatagramSpec datagrams)) {
      return new PortProbe(NAME, 0, "moves datagrams, no frames", List.of());
    }
    UdpBinding binding = binding(datagrams);
    UdpTuning tuning;
    try {
      tuning = UdpTuning.of(NAME, datagrams.options(), datagrams.receiveBuffer());
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      return new PortProbe(NAME, 0, why, List.of(Finding.no("options", why, "")));
    }
    List<Finding> findings = new ArrayList<>();
    boolean works = true;
    for (UdpProbe.Answer answer : UdpProbe.of(binding, tuning)) {
      findings.add(
          answer.yes()
              ? Finding.yes(answer.what(), answer.why())
              : Finding.no(answer.what(), answer.why(), answer.remedy()));
      works &= answer.yes() || !answer.needed();
    }
    return new PortProbe(
        NAME, works ? MERIT : 0, works ? "sockets of the kernel" : "cannot be bound", findings);
  }

  @Override
  @SuppressWarnings("unchecked") // the kind of the specification is the kind of the port
  public <P extends Port> P open(PortSpec<P> spec) throws PortException {
    if (!(spec instanceof DatagramSpec datagrams)) {
      throw new PortException("driver socket moves datagrams, no frames; ask another driver");
    }
    life.readLock().lock();
    try {
      if (stopped) {
        throw new PortException("driver socket is stopping; ask again when its bundle has started");
      }
      SocketPort port = port(datagrams);
      ports.add(port);
      return (P) port;
    } finally {
      life.readLock().unlock();
    }
  }

  private SocketPort port(DatagramSpec spec) throws PortException {
    UdpBinding binding = binding(spec);
    try {
      UdpTuning tuning = UdpTuning.of(NAME, spec.options(), spec.receiveBuffer());
      UdpSocket socket =
          spec.member().isEmpty()
              ? UdpSocket.open(binding, tuning)
              : shared.open(
                  binding,
                  tuning,
                  new SharedAddresses.Membership(
                      spec.member().get(), spec.steering().members(), spec.steering().offset()));
      try {
        for (Membership group : spec.groups()) {
          socket.join(group.group(), group.link(), group.source());
        }
        return new SocketPort(spec, tuning, socket, this::release);
      } catch (SysException | RuntimeException e) {
        shared.close(socket);
        throw e;
      }
    } catch (SysException e) {
      throw new PortException("socket port at " + binding + ": " + e.getMessage() + advice(e), e);
    } catch (IllegalArgumentException e) {
      throw new PortException("socket port at " + binding + ": " + e.getMessage(), e);
    }
  }

  static String advice(SysException e) {
    String advice = UdpSocket.advice(e);
    return advice.isEmpty() ? "" : " — " + advice;
  }

  private void release(SocketPort port, UdpSocket socket) {
    shared.close(socket);
    ports.remove(port);
  }

  private static UdpBinding binding(DatagramSpec spec) {
    return new UdpBinding(
        spec.local(), spec.only6(), spec.link().orElse(""), spec.member().isPresent());
  }
}
