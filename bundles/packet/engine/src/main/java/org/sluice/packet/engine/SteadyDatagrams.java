// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortSpec;

/** A port of datagrams that outlives its driver. */
final class SteadyDatagrams extends Steady<DatagramPort> implements DatagramPort {
  private final DatagramSpec spec;
  private final Set<Membership> joined = new LinkedHashSet<>();
  private InetSocketAddress local;

  SteadyDatagrams(DatagramSpec spec, String wish, Drivers drivers, Runnable closed) {
    super(spec, wish, drivers, closed);
    this.spec = spec;
    local = spec.local();
  }

  /** Whoever knows the port by a number that the kernel chose must find it again. */
  @Override
  PortSpec<DatagramPort> wanted() {
    InetSocketAddress at = spec.local();
    if (at.getPort() != 0 || local.getPort() == 0) {
      return spec;
    }
    return new DatagramSpec(
        new InetSocketAddress(at.getAddress(), local.getPort()),
        spec.only6(),
        spec.link(),
        spec.member(),
        spec.steering(),
        spec.groups(),
        spec.chunks(),
        spec.chunkSize(),
        spec.receiveBuffer(),
        spec.pages(),
        spec.options());
  }

  /** The kernel gives an address to one socket at a time. */
  @Override
  boolean exclusive() {
    return true;
  }

  @Override
  void prepare(DatagramPort next) throws PortException {
    for (Membership membership : joined) {
      next.join(membership);
    }
    local = next.local();
  }

  @Override
  public InetSocketAddress local() {
    moving.lock();
    try {
      return local;
    } finally {
      moving.unlock();
    }
  }

  @Override
  public int receive(DatagramBatch into) {
    receiving.enter();
    try {
      DatagramPort port = receiver();
      return port == null ? 0 : port.receive(into);
    } catch (PortClosedException e) {
      into.clear();
      return 0;
    } finally {
      receiving.leave();
    }
  }

  @Override
  public int reserve(DatagramBatch into, int count) {
    sending.enter();
    try {
      DatagramPort port = sender();
      if (port == null) {
        return 0;
      }
      stale(port, into);
      return port.reserve(into, count);
    } catch (PortClosedException e) {
      into.clear();
      return 0;
    } finally {
      sending.leave();
    }
  }

  @Override
  public int send(DatagramBatch datagrams) {
    sending.enter();
    try {
      DatagramPort port = sender();
      int number = datagrams.count();
      if (port == null || stale(port, datagrams)) {
        return port == null ? loseAll(datagrams) : number;
      }
      return port.send(datagrams);
    } catch (PortClosedException e) {
      return loseAll(datagrams);
    } finally {
      sending.leave();
    }
  }

  /** Whether the datagrams are of a port that is gone; they are lost then. */
  private boolean stale(DatagramPort port, DatagramBatch datagrams) {
    if (datagrams.isEmpty() || Port.sameMemory(datagrams.memory(), port.memory())) {
      return false;
    }
    loseAll(datagrams);
    return true;
  }

  private int loseAll(DatagramBatch datagrams) {
    int number = datagrams.count();
    lost(number);
    datagrams.clear();
    return number;
  }

  @Override
  public void flush() {
    sending.enter();
    try {
      DatagramPort port = sender();
      if (port != null) {
        port.flush();
      }
    } catch (PortClosedException e) {
      // What was in it is lost, and counted by it.
    } finally {
      sending.leave();
    }
  }

  @Override
  public void release(DatagramBatch datagrams) {
    DatagramPort port = any();
    try {
      if (port != null
          && !datagrams.isEmpty()
          && Port.sameMemory(datagrams.memory(), port.memory())) {
        port.release(datagrams);
      }
    } catch (PortClosedException e) {
      // Its chunks are gone with it.
    }
    datagrams.clear();
  }

  @Override
  public int payloadSize() {
    DatagramPort port = any();
    return port == null ? spec.chunkSize() : port.payloadSize();
  }

  @Override
  public void join(Membership membership) throws PortException {
    moving.lock();
    try {
      DatagramPort port = any();
      if (port != null) {
        port.join(membership);
      }
      joined.add(membership);
    } finally {
      moving.unlock();
    }
  }

  @Override
  public void leave(Membership membership) {
    moving.lock();
    try {
      joined.remove(membership);
      DatagramPort port = any();
      if (port != null) {
        port.leave(membership);
      }
    } finally {
      moving.unlock();
    }
  }
}
