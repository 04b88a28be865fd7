// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Backlog;
import org.sluice.ops.api.EventFeed;

/** {@code policy/changes}: what policy routing does to the kernel, as a stream. */
@Component
public final class ChangesFeed implements EventFeed {
  private final Reconciler reconciler;

  @Activate
  public ChangesFeed(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public String path() {
    return "policy/changes";
  }

  @Override
  public String summary() {
    return "Rules and routes that policy routing adds, replaces and removes, and what is refused.";
  }

  @Override
  public Map<String, Class<? extends Record>> events() {
    return Map.of(Works.CHANGE, Change.class, Backlog.GAP, Backlog.Gap.class);
  }

  @Override
  public Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to) {
    return reconciler.changes().subscribe(after, to);
  }
}
