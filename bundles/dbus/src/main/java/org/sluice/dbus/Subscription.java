// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.sluice.dbus.SignalListener.Gap;

/** One listener of the signals that fit one rule. */
final class Subscription implements Registration {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final int MOST = 1024;
  private static final long LARGEST = 8L * 1024 * 1024;

  private final BusConnection connection;
  private final BusLease lease;
  private final SignalRule rule;
  private final SignalListener listener;
  private final Mailbox mailbox;
  private volatile boolean closed;
  // Guarded by the connection.
  private boolean inForce;
  private boolean hasBeenInForce;

  Subscription(BusConnection connection, BusLease lease, SignalRule rule, SignalListener listener) {
    this.connection = connection;
    this.lease = lease;
    this.rule = rule;
    this.listener = listener;
    this.mailbox =
        new Mailbox(
            lease.deliverer(),
            () -> !closed && lease.open(),
            MOST,
            LARGEST,
            () -> listener.readAnew(Gap.OVERFLOW));
  }

  SignalRule rule() {
    return rule;
  }

  boolean closed() {
    return closed;
  }

  boolean inForce() {
    return inForce;
  }

  /** The bus has taken the rule: what comes after this is complete. */
  void comeIntoForce() {
    Gap gap = hasBeenInForce ? Gap.RECONNECTED : Gap.STARTED;
    inForce = true;
    hasBeenInForce = true;
    mailbox.put(0, () -> listener.readAnew(gap));
  }

  void refused(DBusException why) {
    mailbox.put(0, () -> listener.refused(why));
  }

  void disconnected() {
    inForce = false;
  }

  void signal(Message message) {
    mailbox.put(message.size(), () -> deliver(message));
  }

  private void deliver(Message message) {
    Header header = message.header();
    ObjectPath path = header.path();
    String interfaceName = header.interfaceName();
    String member = header.member();
    if (path == null || interfaceName == null || member == null) {
      return;
    }
    Body body;
    try {
      body = message.body();
    } catch (MalformedMessageException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "dropped a malformed signal {0}.{1} of {2}: {3}",
          interfaceName,
          member,
          header.senderOrEmpty(),
          e.getMessage());
      return;
    }
    listener.signal(new Signal(header.senderOrEmpty(), path, interfaceName, member, body));
  }

  @Override
  public void close() {
    closed = true;
    connection.remove(this);
    lease.forget(this);
  }
}
