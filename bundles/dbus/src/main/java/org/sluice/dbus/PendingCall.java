// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.jspecify.annotations.Nullable;

/**
 * A call that was sent and not answered.
 *
 * @param what was called, for people
 * @param owner of the destination when it was sent, if it is known
 * @param deadline by {@link System#nanoTime}
 * @param lease who called, or null for the connection itself
 */
record PendingCall(
    int serial,
    String what,
    String destination,
    @Nullable String owner,
    long deadline,
    @Nullable BusLease lease,
    ReplyHandler handler) {

  /**
   * Whether this sender may answer: who was called, or the bus in his place with an error.
   *
   * @param now the owner of the destination now, if it is known
   */
  boolean answeredBy(Header reply, @Nullable String now) {
    String sender = reply.senderOrEmpty();
    if (sender.equals(Names.BUS)) {
      return destination.equals(Names.BUS) || reply.kind() == MessageKind.ERROR;
    }
    if (Names.unique(destination) || destination.equals(Names.BUS)) {
      return sender.equals(destination);
    }
    return Names.unique(sender)
        && ((owner == null && now == null) || sender.equals(owner) || sender.equals(now));
  }
}
