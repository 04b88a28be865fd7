// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.host.api.ConfigProblem;

/** Checks files as if they were saved, and changes nothing. */
final class DryRun {
  private final ConfigFolder folder;
  private final Checker checker;
  private final DomainChecks domains;

  DryRun(ConfigFolder folder, Checker checker, DomainChecks domains) {
    this.folder = folder;
    this.checker = checker;
    this.domains = domains;
  }

  /**
   * @param fileOrFolder a folder stands for all of the configuration, a file joins what is there
   */
  List<ConfigProblem> check(Path fileOrFolder) {
    return Files.isDirectory(fileOrFolder) ? folder(fileOrFolder) : file(fileOrFolder);
  }

  private List<ConfigProblem> folder(Path path) {
    ConfigFolder proposed = new ConfigFolder(path);
    Snapshot snapshot = proposed.read();
    List<ConfigProblem> problems = new ArrayList<>(snapshot.problems());
    if (path.equals(folder.path())) {
      problems.addAll(folder.distrust());
    }
    problems.addAll(judge(snapshot.files()));
    return problems;
  }

  private List<ConfigProblem> file(Path path) {
    String name = path.getFileName().toString();
    if (!ConfigFolder.holds(name)) {
      throw new IllegalArgumentException(
          path + " would never be read: its name must be PID" + Pid.SUFFIX);
    }
    Map<String, String> files = new TreeMap<>(folder.read().files());
    try {
      files.put(name, ConfigFolder.text(Files.readAllBytes(path)));
    } catch (IOException e) {
      throw new IllegalArgumentException(path + " cannot be read: " + e, e);
    }
    List<ConfigProblem> problems = new ArrayList<>(judge(files));
    // What is wrong with the other files is not asked; what they make of this one is.
    problems.removeIf(p -> !p.file().equals(name) && !p.file().endsWith("/"));
    return problems;
  }

  private List<ConfigProblem> judge(Map<String, String> files) {
    Checked checked = checker.check(files);
    List<ConfigProblem> problems = new ArrayList<>(checked.problems());
    if (checked.good()) {
      problems.addAll(domains.check(checked.settings()).problems());
    }
    return problems;
  }
}
