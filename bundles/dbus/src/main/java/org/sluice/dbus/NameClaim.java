// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.sluice.dbus.OwnershipListener.Ownership;

/** One listener of one name that we want. */
final class NameClaim implements Registration {
  private static final int MOST = 256;

  private final BusConnection connection;
  private final BusLease lease;
  private final String name;
  private final OwnershipListener listener;
  private final Mailbox mailbox;
  private volatile boolean closed;

  NameClaim(BusConnection connection, BusLease lease, String name, OwnershipListener listener) {
    this.connection = connection;
    this.lease = lease;
    this.name = name;
    this.listener = listener;
    this.mailbox =
        new Mailbox(
            lease.deliverer(),
            () -> !closed && lease.open(),
            MOST,
            Long.MAX_VALUE,
            () -> connection.tellAgain(this));
  }

  String name() {
    return name;
  }

  void tell(Ownership ownership, String detail) {
    mailbox.put(0, () -> listener.told(name, ownership, detail));
  }

  @Override
  public void close() {
    closed = true;
    connection.remove(this);
    lease.forget(this);
  }
}
