// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.List;
import java.util.Map;
import org.sluice.host.api.ConfigProblem;

/**
 * A set of files, understood as far as it can be.
 *
 * @param settings the files without an error, by PID in its order
 */
record Checked(Map<Pid, Setting> settings, List<ConfigProblem> problems) {

  boolean good() {
    return problems.stream().noneMatch(ConfigProblem::error);
  }
}
