// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A well-known name whose owner is followed. Guarded by its connection. */
final class TrackedName {
  private final String name;
  private final List<NameWatch> watches = new ArrayList<>();
  private int subscriptions;
  private boolean known;
  private @Nullable String owner;

  TrackedName(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** What {@code AddMatch} needs to hear of changes. */
  String rule() {
    return "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
        + "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='"
        + name
        + "'";
  }

  void subscribed() {
    subscriptions++;
  }

  void unsubscribed() {
    subscriptions--;
  }

  void add(NameWatch watch) {
    watches.add(watch);
    if (known) {
      watch.tell(Optional.ofNullable(owner));
    }
  }

  void remove(NameWatch watch) {
    watches.remove(watch);
  }

  boolean unused() {
    return subscriptions == 0 && watches.isEmpty();
  }

  /** Empty while it is not known, too. */
  @Nullable String owner() {
    return owner;
  }

  void owned(@Nullable String now) {
    known = true;
    owner = now;
    watches.forEach(watch -> watch.tell(Optional.ofNullable(now)));
  }

  /** Without a bus nobody owns anything, and after it everything is asked anew. */
  void disconnected() {
    owned(null);
    known = false;
  }
}
