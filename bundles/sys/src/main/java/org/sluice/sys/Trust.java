// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether only trusted users can change what lies at a path: this process's own user and root. What
 * such a path holds is run or obeyed with the process's rights, so whoever may write there has them
 * too.
 */
public final class Trust {
  private static final int GROUP_WRITE = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private Trust() {}

  /**
   * Looks at the path and at every folder above it.
   *
   * @return why the path is not to be trusted, ending with the command that mends it; empty when it
   *     is
   */
  public static Optional<String> problem(Path path) {
    try {
      int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      Path real = path.toRealPath();
      for (Path p = real; p != null; p = p.getParent()) {
        Optional<String> problem = problem(p, self, p.equals(real));
        if (problem.isPresent()) {
          return problem;
        }
      }
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of(path + " cannot be examined: " + e);
    }
  }

  private static Optional<String> problem(Path path, int self, boolean end) throws IOException {
    int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if (owner != 0 && owner != self) {
      return Optional.of(
          "%s belongs to user %d, who could change it: chown %d '%s'"
              .formatted(path, owner, self, path));
    }
    // In a sticky folder such as /tmp nobody can replace what belongs to another user.
    boolean open = (mode & (GROUP_WRITE | OTHERS_WRITE)) != 0 && (end || (mode & STICKY) == 0);
    if (open) {
      String who = (mode & OTHERS_WRITE) != 0 ? "everybody" : "its group";
      return Optional.of(
          "%s is writable for %s (mode %o): chmod go-w '%s'"
              .formatted(path, who, mode & 07777, path));
    }
    return Optional.empty();
  }
}
