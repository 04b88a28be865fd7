// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** One listener of the connection itself. */
final class ConnectionWatch implements Registration {
  private static final int MOST = 256;

  private final BusConnection connection;
  private final BusLease lease;
  private final BusListener listener;
  private final Mailbox mailbox;
  private volatile boolean closed;

  ConnectionWatch(BusConnection connection, BusLease lease, BusListener listener) {
    this.connection = connection;
    this.lease = lease;
    this.listener = listener;
    this.mailbox =
        new Mailbox(
            lease.deliverer(),
            () -> !closed && lease.open(),
            MOST,
            Long.MAX_VALUE,
            () -> connection.tellAgain(this));
  }

  void connected(String uniqueName) {
    mailbox.put(0, () -> listener.connected(uniqueName));
  }

  void disconnected(String why) {
    mailbox.put(0, () -> listener.disconnected(why));
  }

  @Override
  public void close() {
    closed = true;
    connection.remove(this);
    lease.forget(this);
  }
}
