// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sluice.sys.Trust;

/** Reads a secret from its file; each time, so that it can be replaced. */
final class Secret {
  private static final int OTHERS = 0077;
  private static final int LONGEST = 4096;

  private Secret() {}

  /**
   * @throws IOException when it cannot be read, or others can
   */
  static byte[] read(Path file) throws IOException {
    Optional<String> problem = Trust.problem(file);
    if (problem.isPresent()) {
      throw new IOException(problem.get());
    }
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    if ((mode & OTHERS) != 0) {
      throw new IOException(
          "others than its owner can read " + file + ": chmod 600 '" + file + "'");
    }
    if (Files.size(file) > LONGEST) {
      throw new IOException(file + " is too long for a secret: at most " + LONGEST + " bytes");
    }
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty: write a secret into it");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
