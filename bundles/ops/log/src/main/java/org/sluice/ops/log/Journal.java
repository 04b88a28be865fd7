// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether standard error leads to systemd's journal, which reads the severity from a prefix. */
final class Journal {
  private Journal() {}

  /**
   * @param variable {@code JOURNAL_STREAM}: device and inode of what the journal reads. A child
   *     inherits it, and may have standard error elsewhere.
   * @param descriptor of standard error
   */
  static boolean attached(@Nullable String variable, Path descriptor) {
    if (variable == null) {
      return false;
    }
    try {
      return variable.equals(
          Files.getAttribute(descriptor, "unix:dev")
              + ":"
              + Files.getAttribute(descriptor, "unix:ino"));
    } catch (IOException | UnsupportedOperationException e) {
      // Without /proc the variable is all there is to go by.
      return true;
    }
  }
}
