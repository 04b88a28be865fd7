// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The configuration as the code uses it. */
record Settings(
    boolean requireSigned,
    List<String> trustedKeys,
    Set<String> allowReplace,
    Duration startTimeout,
    Duration drainTime,
    Duration stopTimeout,
    Duration satisfyTimeout,
    Duration stallTimeout,
    Duration settleTime,
    int crashLimit,
    Duration crashWindow) {

  static Settings of(DeployConfig config) {
    return new Settings(
        config.requireSigned(),
        List.of(config.trustedKeys()),
        Set.copyOf(List.of(config.allowReplace())),
        Duration.ofSeconds(config.startTimeout()),
        Duration.ofMillis(config.drainTime()),
        Duration.ofSeconds(config.stopTimeout()),
        Duration.ofMillis(config.satisfyTimeout()),
        Duration.ofSeconds(config.stallTimeout()),
        Duration.ofMillis(config.settleTime()),
        config.crashLimit(),
        Duration.ofSeconds(config.crashWindow()));
  }
}
