// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.Map;

/**
 * How it stands after the last look, for those who ask.
 *
 * @param holding why nothing is done now; empty when it is not so
 * @param remedy what a person can do about that
 * @param policies how many files there are
 * @param pending steps that were not carried out because nothing may be changed
 * @param rules own rules that are in force
 * @param routes own routes that are in force
 * @param failures by what could not be made
 */
record Report(
    String holding,
    String remedy,
    int policies,
    List<Lane> lanes,
    List<Conflict> conflicts,
    int pending,
    int rules,
    int routes,
    Map<Owned, Failure> failures) {

  static Report holding(String why, String remedy, int policies) {
    return new Report(why, remedy, policies, List.of(), List.of(), 0, 0, 0, Map.of());
  }
}
