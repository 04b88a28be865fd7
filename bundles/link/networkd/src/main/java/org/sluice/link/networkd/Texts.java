// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import org.sluice.link.api.LinkName;

/** Texts from outside, as they may be shown: of bounded length, without anything that acts. */
final class Texts {

  private Texts() {}

  /** A word of a manager, such as {@code no-carrier}. */
  static boolean word(String text) {
    if (text.isEmpty() || text.length() > 32) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  /** A domain as people write it, without the dot at the end. */
  static String domain(String raw) {
    String shown = LinkName.shown(raw);
    return shown.length() > 1 && shown.endsWith(".")
        ? shown.substring(0, shown.length() - 1)
        : shown;
  }
}
