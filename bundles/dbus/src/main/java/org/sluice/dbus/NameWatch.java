// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Optional;

/** One listener of one name. */
final class NameWatch implements Registration {
  private static final int MOST = 256;

  private final BusConnection connection;
  private final BusLease lease;
  private final String name;
  private final NameListener listener;
  private final Mailbox mailbox;
  private volatile boolean closed;
  // Of the thread that tells.
  private boolean told;
  private Optional<String> last = Optional.empty();

  NameWatch(BusConnection connection, BusLease lease, String name, NameListener listener) {
    this.connection = connection;
    this.lease = lease;
    this.name = name;
    this.listener = listener;
    this.mailbox =
        new Mailbox(
            lease.deliverer(), () -> !closed && lease.open(), MOST, Long.MAX_VALUE, this::now);
  }

  String name() {
    return name;
  }

  void tell(Optional<String> owner) {
    mailbox.put(0, () -> deliver(owner));
  }

  private void now() {
    deliver(connection.ownerOf(name));
  }

  private void deliver(Optional<String> owner) {
    if (!told || !owner.equals(last)) {
      told = true;
      last = owner;
      listener.owned(name, owner);
    }
  }

  @Override
  public void close() {
    closed = true;
    connection.remove(this);
    lease.forget(this);
  }
}
