// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads an {@code Accept} header. */
final class Accept {
  private Accept() {}

  /** Whether an answer of this type is welcome. */
  static boolean takes(String type, @Nullable String header) {
    if (header == null || header.isBlank()) {
      return true;
    }
    String group = type.substring(0, type.indexOf('/')) + "/*";
    int best = -1;
    boolean welcome = false;
    for (String range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      String name = parts[0].strip();
      int fit = name.equals(type) ? 2 : name.equals(group) ? 1 : name.equals("*/*") ? 0 : -1;
      // The range that says most about the type decides.
      if (fit > best) {
        best = fit;
        welcome = !refused(parts);
      }
    }
    return welcome;
  }

  /** Whether it is asked for by its name, not only as one of all there are. */
  static boolean names(String type, @Nullable String header) {
    return header != null && header.toLowerCase(Locale.ROOT).contains(type) && takes(type, header);
  }

  private static boolean refused(String... parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("q\\s*=\\s*0(\\.0*)?")) {
        return true;
      }
    }
    return false;
  }
}
