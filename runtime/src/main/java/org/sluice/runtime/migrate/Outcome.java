// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.util.Locale;

/** What became of one thing that another product was told. */
enum Outcome {
  /** Sluice does the same. */
  DONE,
  /** Sluice does something like it, or somebody has to decide. */
  LOOK,
  /** Sluice has nothing like it. */
  NONE;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
