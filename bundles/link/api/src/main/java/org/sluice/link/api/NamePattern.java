// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/**
 * A pattern of names, of links for example: {@code *} stands for any characters, {@code ?} for one,
 * and whoever reads a configuration matches names in this one way.
 */
public record NamePattern(String pattern) {

  /**
   * Whether all of the name matches. Without backtracking more than one star, so a pattern can cost
   * no more than it is long.
   */
  public boolean matches(String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int mark = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
