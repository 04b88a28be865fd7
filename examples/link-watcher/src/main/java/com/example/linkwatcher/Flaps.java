package com.example.linkwatcher;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;

/** Counts how often each link lost or found its carrier: {@code watch:flaps}. */
@Component(
    service = Flaps.class, // not LinkListener: nobody but the subscription calls it
    immediate = true,
    property = {"osgi.command.scope=watch", "osgi.command.function=flaps"})
public final class Flaps implements LinkListener {
  private final Map<String, Integer> changes = new ConcurrentHashMap<>();
  private final LinkSubscription subscription;

  /** How often one link changed since this plugin was started. */
  public record Row(String link, int changes) {}

  @Activate
  public Flaps(@Reference LinkTable table) {
    subscription = table.subscribe("flaps", this);
  }

  @Deactivate
  void stop() {
    subscription.close();
  }

  /** The picture that the events start from; called first. */
  @Override
  public void picture(LinkSnapshot whole, long missed) {
    whole.links().forEach(link -> changes.putIfAbsent(link.name(), 0));
  }

  @Override
  public void event(LinkEvent event) {
    switch (event) {
      case LinkEvent.Added(var stamp, Link link) -> changes.putIfAbsent(link.name(), 0);
      case LinkEvent.Changed(var stamp, Link before, Link link)
          when before.carrier() != link.carrier() ->
          changes.merge(link.name(), 1, Integer::sum);
      case LinkEvent.Removed(var stamp, Link link) -> changes.remove(link.name());
      default -> {}
    }
  }

  @Descriptor(
      """
      Lists the links, the most restless first.
      Example: watch:flaps""")
  public List<Row> flaps() {
    return changes.entrySet().stream()
        .map(entry -> new Row(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingInt(Row::changes).reversed().thenComparing(Row::link))
        .toList();
  }
}
