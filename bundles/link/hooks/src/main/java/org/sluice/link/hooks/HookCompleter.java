// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Completer;

/** Knows the names of hooks and of events that have some. */
@Component(property = Completer.COMMANDS + "=hooks:test")
public final class HookCompleter implements Completer {
  private final Hooks hooks;

  @Activate
  public HookCompleter(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Override
  public Map<String, String> candidates(String command, int argument) {
    Map<String, String> all = new TreeMap<>();
    if (argument == 0) {
      for (Plan plan : hooks.plans()) {
        all.put(plan.hook().name(), plan.standing().runs() ? "hook" : "does not run");
        String event = Hooks.event(plan);
        if (!event.isEmpty()) {
          all.putIfAbsent(event, "all hooks of this event");
        }
      }
    }
    return all;
  }
}
