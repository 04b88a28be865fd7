// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.Route;

/** The picture of the links, when somebody paints one, for those who follow it. Any thread. */
final class Links {
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private volatile @Nullable LinkTable table;
  private @Nullable LinkSubscription subscription;

  /** Who wants to know how a link is. */
  interface Follower {
    /** Of which link, by its index. */
    int link();

    /** Something about the link is different. By one thread at a time. */
    void changed(LinkSnapshot picture);
  }

  synchronized void there(LinkTable fresh) {
    end();
    table = fresh;
    subscription = fresh.subscribe("packet.engine", new Listener(fresh));
  }

  synchronized void gone(LinkTable old) {
    if (table == old) {
      end();
      table = null;
    }
  }

  private void end() {
    LinkSubscription running = subscription;
    if (running != null) {
      running.close();
    }
    subscription = null;
  }

  Optional<LinkSnapshot> picture() {
    LinkTable now = table;
    return now == null ? Optional.empty() : Optional.of(now.snapshot());
  }

  void follow(Follower follower) {
    followers.add(follower);
    // What happened since it looked.
    picture().ifPresent(follower::changed);
  }

  void forget(Follower follower) {
    followers.remove(follower);
  }

  private final class Listener implements LinkListener {
    private final LinkTable of;

    Listener(LinkTable of) {
      this.of = of;
    }

    @Override
    public void picture(LinkSnapshot whole, long missed) {
      followers.forEach(follower -> follower.changed(whole));
    }

    @Override
    public void event(LinkEvent event) {
      for (Follower follower : followers) {
        if (concerns(event, follower.link())) {
          follower.changed(of.snapshot());
        }
      }
    }
  }

  private static boolean concerns(LinkEvent event, int link) {
    return switch (event) {
      case LinkEvent.Added(var _, Fact fact) -> concerns(fact, link);
      case LinkEvent.Removed(var _, Fact fact) -> concerns(fact, link);
      case LinkEvent.Changed(var _, Fact before, Fact fact) ->
          concerns(before, link) || concerns(fact, link);
      case LinkEvent.SourceChanged _ -> false;
    };
  }

  private static boolean concerns(Fact fact, int link) {
    return switch (fact) {
      case Link one -> one.index() == link;
      case Address address -> address.link() == link;
      case Route route -> route.uses(link);
      default -> false;
    };
  }
}
