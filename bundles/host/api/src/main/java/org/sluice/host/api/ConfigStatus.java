// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;

/**
 * @param inForce number of the generation that is applied; 0 before the first
 * @param current whether the files as they are now are what is in force
 * @param problems why not
 * @param files each configuration file and what became of it
 */
public record ConfigStatus(
    long inForce, boolean current, List<ConfigProblem> problems, List<ConfigFile> files) {

  /**
   * @param claimedBy the bundle whose metatype describes this PID; empty when there is none (yet)
   */
  public record ConfigFile(String file, String pid, String claimedBy, String state) {}
}
