// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.util.List;
import java.util.Map;

/** What stands in a file, whatever its format, and the line it begins on. */
sealed interface Setting {
  int line();

  /** One value, as it is written, without its quotes. */
  record Scalar(String text, int line) implements Setting {}

  /** Values in order. */
  record Items(List<Setting> all, int line) implements Setting {}

  /** Values by name, in the order of the file. */
  record Group(Map<String, Setting> all, int line) implements Setting {}
}
