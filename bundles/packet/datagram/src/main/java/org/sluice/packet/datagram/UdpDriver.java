// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.datagram;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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
 * Opens ports on sockets of the kernel and closes them in the end. Subclasses say how datagrams are
 * received.
 *
 * <p>The options of every such driver, after its name and a dot:
 *
 * <table>
 *   <caption>Options</caption>
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
public abstract class UdpDriver implements PortDriver {
  private final String name;
  private final SharedAddresses shared = new SharedAddresses();
  private final Set<UdpPort> ports = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  private boolean stopped;

  protected UdpDriver(String name) {
    this.name = name;
  }

  /**
   * What a port is made of.
   *
   * @param socket bound, and a member of all groups
   */
  public record Opened(DatagramSpec spec, UdpTuning tuning, UdpSocket socket) {}

  /**
   * Makes a port of an open socket. When that fails the socket is closed by who called.
   *
   * @throws SysException when the kernel does not allow it
   */
  protected abstract UdpPort port(Opened opened) throws SysException;

  /** How good this driver is where it works. */
  protected abstract int merit();

  /** In a few words: how it works where it does. */
  protected abstract String summary();

  /** What else is needed; to be looked at without changing anything. */
  protected abstract List<UdpProbe.Answer> needs();

  /** Closes all ports and opens none any more; for the end of the component. */
  protected final void closeAll() {
    life.writeLock().lock();
    try {
      stopped = true;
    } finally {
      life.writeLock().unlock();
    }
    for (UdpPort port : List.copyOf(ports)) {
      port.close();
    }
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Set<Class<? extends Port>> kinds() {
    return Set.of(DatagramPort.class);
  }

  @Override
  public final PortProbe probe(PortSpec<?> spec) {
    if (!(spec instanceof DatagramSpec datagrams)) {
      return new PortProbe(name, 0, "moves datagrams, no frames", List.of());
    }
    UdpBinding binding = binding(datagrams);
    UdpTuning tuning;
    try {
      tuning = UdpTuning.of(name, datagrams.options(), datagrams.receiveBuffer());
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      return new PortProbe(name, 0, why, List.of(Finding.no("options", why, "")));
    }
    List<Finding> findings = new ArrayList<>();
    boolean works = true;
    List<UdpProbe.Answer> answers = new ArrayList<>(UdpProbe.of(binding, tuning));
    answers.addAll(needs());
    for (UdpProbe.Answer answer : answers) {
      findings.add(
          answer.yes()
              ? Finding.yes(answer.what(), answer.why())
              : Finding.no(answer.what(), answer.why(), answer.remedy()));
      works &= answer.yes() || !answer.needed();
    }
    return new PortProbe(name, works ? merit() : 0, works ? summary() : missing(answers), findings);
  }

  @Override
  @SuppressWarnings("unchecked") // the kind of the specification is the kind of the port
  public final <P extends Port> P open(PortSpec<P> spec) throws PortException {
    if (!(spec instanceof DatagramSpec datagrams)) {
      throw new PortException("driver " + name + " moves datagrams, no frames; ask another driver");
    }
    life.readLock().lock();
    try {
      if (stopped) {
        throw new PortException(
            "driver " + name + " is stopping; ask again when its bundle has started");
      }
      UdpPort port = make(datagrams);
      ports.add(port);
      return (P) port;
    } finally {
      life.readLock().unlock();
    }
  }

  private UdpPort make(DatagramSpec spec) throws PortException {
    UdpBinding binding = binding(spec);
    try {
      UdpTuning tuning = UdpTuning.of(name, spec.options(), spec.receiveBuffer());
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
        return port(new Opened(spec, tuning, socket));
      } catch (SysException | RuntimeException e) {
        shared.close(socket);
        throw e;
      }
    } catch (SysException e) {
      throw new PortException(name + " port at " + binding + ": " + e.getMessage() + advice(e), e);
    } catch (IllegalArgumentException e) {
      throw new PortException(name + " port at " + binding + ": " + e.getMessage(), e);
    }
  }

  static String advice(SysException e) {
    String advice = UdpSocket.advice(e);
    return advice.isEmpty() ? "" : " — " + advice;
  }

  void closed(UdpPort port, UdpSocket socket) {
    shared.close(socket);
    ports.remove(port);
  }

  private static String missing(List<UdpProbe.Answer> answers) {
    for (UdpProbe.Answer answer : answers) {
      if (answer.needed() && !answer.yes()) {
        return answer.why();
      }
    }
    return "";
  }

  private static UdpBinding binding(DatagramSpec spec) {
    return new UdpBinding(
        spec.local(), spec.only6(), spec.link().orElse(""), spec.member().isPresent());
  }
}
