// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;

/** Refuses a file whose {@code levels} cannot be read. */
@Component
public final class LevelsCheck implements ConfigCheck {
  private static final String PID = "org.sluice.ops.log";
  private static final String KEY = "levels";

  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    Object levels = proposed.getOrDefault(PID, Map.of()).get(KEY);
    if (!(levels instanceof String[] entries)) {
      return List.of();
    }
    return Arrays.stream(entries)
        .map(Levels::check)
        .flatMap(Optional::stream)
        .map(what -> new Finding(PID, KEY, what, "for example \"org.sluice.link=debug\""))
        .toList();
  }
}
