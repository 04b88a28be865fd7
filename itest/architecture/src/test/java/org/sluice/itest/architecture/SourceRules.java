// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What every source file has to keep to. */
final class SourceRules {
  private static final String LICENCE = "// SPDX-License-Identifier: Apache-2.0";
  private static final Pattern OPEN_END = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");

  private SourceRules() {}

  static List<String> violations(String text) {
    List<String> found = new ArrayList<>();
    if (!text.startsWith(LICENCE + "\n")) {
      found.add("does not begin with " + LICENCE);
    }
    if (OPEN_END.matcher(text).find()) {
      found.add("has a mark for later; do it or write it down in docs/");
    }
    return found;
  }
}
