// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.sluice.link.api.Happening;
import org.sluice.link.hooks.Occasion.Aspect;

/**
 * A folder of hooks.
 *
 * @param folder absolute
 */
record Tree(Style style, Path folder) {
  private static final Set<String> DISPATCHER_STATES = EventNames.states();

  /** The folders in it whose hooks run, in this order. */
  List<Path> folders(Occasion occasion) {
    Path own = folder.resolve(occasion.event() + ".d");
    return switch (style) {
      case SLUICE -> {
        if (occasion.is(Aspect.TEST)) {
          yield List.of(own);
        }
        if (occasion.is(Aspect.HAPPENING)) {
          yield List.of(own, folder.resolve(EventNames.ANY + ".d"));
        }
        // Losing an address leaves a link with its carrier, and that is no news of the carrier.
        boolean told = occasion.event().equals(Happening.Kind.CARRIER.word());
        yield told ? List.of() : List.of(own);
      }
      case NETWORKD_DISPATCHER ->
          occasion.is(Aspect.STATE)
                  || occasion.is(Aspect.SETUP)
                  || (occasion.is(Aspect.TEST) && DISPATCHER_STATES.contains(occasion.event()))
              ? List.of(own)
              : List.of();
      case NETWORK_BROKER ->
          occasion.aspects().equals(Set.of(Aspect.HAPPENING)) ? List.of() : List.of(own);
      case NETWORKMANAGER -> DispatcherAction.of(occasion).isEmpty() ? List.of() : List.of(folder);
    };
  }

  /** Where hooks may lie, for those who list them. */
  boolean inEventFolders() {
    return style != Style.NETWORKMANAGER;
  }
}
