// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Backlog;
import org.sluice.ops.api.EventFeed;

/** {@code hooks/log}: the runs of hooks as a stream, each when it has ended. */
@Component
public final class HookLogFeed implements EventFeed {
  private final Hooks hooks;

  @Activate
  public HookLogFeed(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Override
  public String path() {
    return "hooks/log";
  }

  @Override
  public String summary() {
    return "Runs of hooks, each when it has ended.";
  }

  @Override
  public Map<String, Class<? extends Record>> events() {
    return Map.of(Journal.RUN, RunRow.class, Backlog.GAP, Backlog.Gap.class);
  }

  @Override
  public Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to) {
    return hooks.journal().feed().subscribe(after, to);
  }
}
