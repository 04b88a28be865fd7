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
    long inForce, boolean current, List<ConfigProblem> problems, List<ConfigFile> files)
    implements Prose {

  @Override
  public String prose() {
    StringBuilder out = new StringBuilder();
    out.append(inForce == 0 ? "nothing is in force" : "generation " + inForce + " is in force");
    out.append(current ? "; it is what the files say\n" : "; the files say something else\n");
    for (ConfigProblem problem : problems) {
      out.append(problem.error() ? "✗ " : "! ").append(problem).append('\n');
    }
    int width = files.stream().mapToInt(f -> f.file().length()).max().orElse(0);
    for (ConfigFile file : files) {
      out.append(file.file()).repeat(' ', width - file.file().length());
      out.append("  ").append(file.state());
      out.append(file.claimedBy().isEmpty() ? "" : "  (" + file.claimedBy() + ")").append('\n');
    }
    return out.toString().stripTrailing();
  }

  /**
   * @param claimedBy the bundle whose metatype describes this PID; empty when there is none (yet)
   */
  public record ConfigFile(String file, String pid, String claimedBy, String state) {}
}
