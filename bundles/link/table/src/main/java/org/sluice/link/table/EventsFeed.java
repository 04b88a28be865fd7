// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.EventFeed;

/**
 * {@code events}: the numbered events as a stream. What is sent under the name {@code snapshot} is
 * the whole picture, with the number of the last event in it.
 */
@Component
public final class EventsFeed implements EventFeed {
  private final LinkTable table;

  @Activate
  public EventsFeed(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "events";
  }

  @Override
  public String summary() {
    return "Changes of links, addresses and routes, numbered without a gap.";
  }

  @Override
  public Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to) {
    LinkListener listener = new ToFeed(to);
    LinkSubscription subscription =
        after.isPresent()
            ? table.resume("feed", after.getAsLong(), listener)
            : table.subscribe("feed", listener);
    return subscription::close;
  }

  private record ToFeed(Consumer<FeedEvent> to) implements LinkListener {
    @Override
    public void picture(LinkSnapshot whole, long missed) {
      to.accept(new FeedEvent(whole.number(), "snapshot", whole));
    }

    @Override
    public void event(LinkEvent event) {
      to.accept(new FeedEvent(event.number(), event.name(), EventData.of(event)));
    }
  }
}
