// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
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
    service = {Happenings.class, Collector.class, MetricSource.class},
    immediate = true,
    configurationPid = "org.sluice.link.happenings")
@Designate(ocd = HappeningsConfig.class)
public final class Collector implements Happenings, MetricSource {
  private static final System.Logger AUDIT = System.getLogger("org.sluice.link.happenings.audit");
  private static final int REMEMBERED = 2000;

  private final LinkTable table;
  private final Figures figures = new Figures();
  private final Memory memory;
  private final LinkSubscription own;
  private volatile Set<Need> needs;
  private volatile boolean audited;

  @Activate
  public Collector(@Reference LinkTable table, HappeningsConfig config) {
    this.table = table;
    this.needs = needs(config);
    this.audited = config.audit();
    this.memory = new Memory(REMEMBERED, () -> needs, this::witness);
    this.own = table.subscribe("happenings", memory);
  }

  /** What is ready by the new needs, or is no more, is told when something of that link changes. */
  @Modified
  public void modified(HappeningsConfig config) {
    needs = needs(config);
    audited = config.audit();
  }

  private static Set<Need> needs(HappeningsConfig config) {
    EnumSet<Need> needs = EnumSet.noneOf(Need.class);
    for (String word : config.ready()) {
      needs.add(Need.valueOf(word.toUpperCase(Locale.ROOT)));
    }
    return needs;
  }

  @Deactivate
  public void deactivate() {
    own.close();
  }

  private void witness(Happening happening) {
    figures.count(happening);
    if (audited && !happening.initial()) {
      AUDIT.log(
          System.Logger.Level.INFO,
          "network actor={0} subject=\"{1}\" event={2} what={3} detail=\"{4}\"",
          happening.source(),
          happening.link().name(),
          Long.toString(happening.number()),
          happening.kind().word(),
          happening.subject());
    }
  }

  @Override
  public List<Happening> recent(int limit) {
    return memory.recent(limit);
  }

  /** As {@link Memory#read}. */
  Runnable read(OptionalLong after, Consumer<Told> reader) {
    return memory.read(after, table.snapshot().number(), reader);
  }

  @Override
  public LinkSubscription subscribe(String name, Consumer<Happening> listener) {
    return table.subscribe(name, new Translation(new Translator(listener, () -> needs)));
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
    figures.collect(to);
  }
}
