// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happenings;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/**
 * Translates for every subscriber on a subscription of his own, and for itself, to remember what
 * happened.
 */
@Component(
    service = {Happenings.class, MetricSource.class},
    immediate = true)
public final class Collector implements Happenings, MetricSource {
  private static final int REMEMBERED = 2000;

  private final LinkTable table;
  private final Deque<Happening> recent = new ArrayDeque<>();
  private final Map<Happening.Kind, Long> counts = new EnumMap<>(Happening.Kind.class);
  private final LinkSubscription own;

  @Activate
  public Collector(@Reference LinkTable table) {
    this.table = table;
    this.own = subscribe("happenings", this::remember);
  }

  @Deactivate
  public void deactivate() {
    own.close();
  }

  private void remember(Happening happening) {
    synchronized (recent) {
      recent.addLast(happening);
      if (recent.size() > REMEMBERED) {
        recent.removeFirst();
      }
      counts.merge(happening.kind(), 1L, Long::sum);
    }
  }

  @Override
  public List<Happening> recent(int limit) {
    synchronized (recent) {
      List<Happening> all = new ArrayList<>(recent);
      return List.copyOf(all.subList(Math.max(0, all.size() - limit), all.size()));
    }
  }

  @Override
  public LinkSubscription subscribe(String name, Consumer<Happening> listener) {
    return table.subscribe(name, new Translation(new Translator(listener)));
  }

  private record Translation(Translator translator) implements LinkListener {
    @Override
    public void picture(LinkSnapshot whole, long missed) {
      translator.picture(whole);
    }

    @Override
    public void event(LinkEvent event) {
      translator.event(event);
    }
  }

  @Override
  public void collect(Metrics to) {
    synchronized (recent) {
      counts.forEach(
          (kind, count) ->
              to.counter(
                  "sluice_link_happenings_total",
                  "What happened on the network, by kind.",
                  (double) count,
                  "kind",
                  kind.word()));
    }
  }
}
