// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.Happening;
import org.sluice.ops.api.EventFeed;

/**
 * {@code happenings}: what happens as a stream. The number is the one of the event that something
 * follows from; when several things follow from one event only the last has it, so that nobody
 * resumes between them.
 */
@Component
public final class HappeningsFeed implements EventFeed {
  private static final String GAP = "gap";

  private final Collector collector;

  @Activate
  public HappeningsFeed(@Reference Collector collector) {
    this.collector = collector;
  }

  @Override
  public String path() {
    return "happenings";
  }

  @Override
  public String summary() {
    return "What happens on the network, in the words of hooks; first what is so now.";
  }

  @Override
  public Map<String, Class<? extends Record>> events() {
    Map<String, Class<? extends Record>> events = new LinkedHashMap<>();
    for (Happening.Kind kind : Happening.Kind.values()) {
      events.put(kind.word(), HappeningRow.class);
    }
    events.put(GAP, Told.Gap.class);
    return events;
  }

  @Override
  public Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to) {
    Runnable end = collector.read(after, told -> to.accept(event(told)));
    return end::run;
  }

  private static FeedEvent event(Told told) {
    long id = told.complete() ? told.number() : FeedEvent.UNNUMBERED;
    return switch (told) {
      case Told.Happened(Happening happening, _) ->
          new FeedEvent(id, happening.kind().word(), HappeningRow.of(happening));
      case Told.Gap gap -> new FeedEvent(id, GAP, gap);
    };
  }
}
