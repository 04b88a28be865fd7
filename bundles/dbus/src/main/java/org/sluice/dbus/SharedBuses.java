// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** One connection for each address, as long as somebody uses it. */
@Component(service = Buses.class)
public final class SharedBuses implements Buses {
  private final CallTally tally = new CallTally();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private final Map<BusAddress, Use> uses = new HashMap<>();
  private final Set<Bus> open = new HashSet<>();

  /** A connection and by how many it is used. */
  private static final class Use {
    private final BusConnection connection;
    private int users;

    Use(BusConnection connection) {
      this.connection = connection;
    }
  }

  @Activate
  public SharedBuses() {}

  @Override
  public Bus open(String user) {
    return open(user, BusAddress.system(System.getenv()));
  }

  @Override
  public Bus open(String user, BusAddress address) {
    lock.lock();
    try {
      Use use = uses.get(address);
      if (use == null) {
        use = new Use(new BusConnection(address));
        use.connection.start();
        uses.put(address, use);
      }
      use.users++;
      Use used = use;
      BusLease lease =
          new BusLease(use.connection, user, tally, ended -> release(ended, address, used));
      open.add(lease);
      lease.start();
      return lease;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<CallCount> calls() {
    return tally.counts();
  }

  private void release(Bus lease, BusAddress address, Use use) {
    lock.lock();
    try {
      open.remove(lease);
      if (--use.users > 0) {
        return;
      }
      uses.remove(address, use);
    } finally {
      lock.unlock();
    }
    use.connection.close();
  }

  /** Users close what they opened; what they forgot ends here. */
  @Deactivate
  void deactivate() {
    List<Bus> forgotten;
    lock.lock();
    try {
      forgotten = List.copyOf(open);
    } finally {
      lock.unlock();
    }
    forgotten.forEach(Bus::close);
  }
}
