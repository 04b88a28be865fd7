// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sluice.sys.Trust;

/**
 * Whether a file may be run, as it lies there now. It is asked right before it runs, and what is
 * run is the real file: nobody who is not trusted can change the way there in between.
 *
 * @param real without links
 * @param problem why it is not run, ending with what to do; empty when it is
 * @param notMeant whether it is a file that nobody marked as a program, so that nothing is amiss
 */
record Standing(Path real, String problem, boolean notMeant) {
  private static final int SETUID_OR_SETGID = 06000;
  private static final int EXECUTABLE = 0111;

  Standing(Path real, String problem) {
    this(real, problem, false);
  }

  /**
   * @param links folders that symbolic links may lead to, beside the trees
   */
  static Standing of(HookFile hook, List<Path> links) {
    Path path = hook.path();
    Path real;
    try {
      real = path.toRealPath();
      if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
        return new Standing(real, "it is no regular file: remove it");
      }
      int mode = (Integer) Files.getAttribute(real, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if ((mode & EXECUTABLE) == 0) {
        return new Standing(real, "it is not executable: chmod +x '" + real + "'", true);
      }
      Optional<String> open =
          Trust.problem(path.getParent() == null ? path : path.getParent())
              .or(() -> Trust.problem(real));
      if (open.isPresent()) {
        return new Standing(real, open.get());
      }
      if (Files.isSymbolicLink(path) && !inside(real, hook, links)) {
        return new Standing(
            real,
            "it is a link to "
                + real
                + ", outside of the folders of hooks: copy it, or name the folder in links of"
                + " org.sluice.link.hooks.cfg.json");
      }
      if ((mode & SETUID_OR_SETGID) != 0) {
        return new Standing(
            real, "it changes its user or group when run: chmod ug-s '" + real + "'");
      }
      return new Standing(real, "");
    } catch (IOException e) {
      return new Standing(path, "it cannot be examined: " + e);
    }
  }

  private static boolean inside(Path real, HookFile hook, List<Path> links) throws IOException {
    if (real.startsWith(hook.tree().folder().toRealPath())) {
      return true;
    }
    for (Path folder : links) {
      if (Files.isDirectory(folder) && real.startsWith(folder.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  boolean runs() {
    return problem.isEmpty();
  }
}
