// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is configured for all hooks, with folders found. */
record Settings(
    List<Tree> trees,
    List<Path> links,
    String user,
    Duration timeout,
    int rate,
    int parallel,
    int output,
    int keep,
    boolean initial) {

  static Settings of(HooksConfig config, Path home) {
    List<Tree> trees = new ArrayList<>();
    trees.add(
        new Tree(Style.SLUICE, home.resolve(config.directory()).toAbsolutePath().normalize()));
    for (String entry : config.compat()) {
      trees.add(compatible(entry));
    }
    return new Settings(
        List.copyOf(trees),
        List.of(config.links()).stream().map(Path::of).toList(),
        config.user(),
        Duration.ofSeconds(config.timeout()),
        config.rate(),
        config.parallel(),
        config.outputLimit(),
        config.keep(),
        config.initial());
  }

  /**
   * Reads {@code STYLE=FOLDER}.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static Tree compatible(String entry) {
    int equals = entry.indexOf('=');
    String style = equals < 0 ? entry : entry.substring(0, equals);
    Path folder = Path.of(equals < 0 ? "" : entry.substring(equals + 1));
    if (equals < 0 || !folder.isAbsolute()) {
      throw new IllegalArgumentException(
          "\"" + entry + "\": write STYLE=FOLDER with an absolute folder");
    }
    return Style.named(style)
        .filter(named -> named != Style.SLUICE)
        .map(named -> new Tree(named, folder.normalize()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + style
                        + "\" is no style: networkd-dispatcher, networkmanager or network-broker"));
  }
}
