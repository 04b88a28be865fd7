// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.nio.file.Path;

/** A file that cannot be read as what it should be. */
final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  SettingsException(Path file, int line, String text) {
    super(file + ":" + line + ": " + text);
  }
}
