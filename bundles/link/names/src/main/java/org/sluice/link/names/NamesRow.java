// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.List;

/**
 * How it stands with one link, or with the name of the host.
 *
 * @param link empty for the name of the host
 * @param wanted name servers and domains, {@code ~} before those that are not searched; or the name
 * @param actual what is so now
 * @param source who told what is wanted
 * @param plan what would be done next: {@code nothing}, {@code set}, {@code take back}
 * @param state {@code in force}, or what keeps it from being so
 * @param remedy what a person can do; empty when there is nothing to do
 */
record NamesRow(
    String link,
    String subject,
    List<String> wanted,
    List<String> actual,
    String source,
    String plan,
    String state,
    String remedy) {
  static final String IN_FORCE = "in force";
  static final String NOTHING = "nothing";
  static final String SET = "set";
  static final String TAKE_BACK = "take back";

  /** Whether somebody should look at it. */
  boolean bad() {
    return !remedy.isEmpty();
  }
}
