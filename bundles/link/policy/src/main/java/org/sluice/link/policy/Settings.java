// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

/**
 * What holds for all policies.
 *
 * @param owner the protocol number that marks what is made here
 * @param acts whether the plan is carried out
 * @param keeps whether what was made stays at the end
 * @param names folder of the file with names of tables; empty for none
 */
record Settings(
    int owner,
    boolean acts,
    boolean keeps,
    long firstTable,
    long priority,
    String names,
    int checkEverySeconds) {

  static Settings of(PolicyConfig config) {
    return new Settings(
        config.owner(),
        config.mode().equals("apply"),
        config.onStop().equals("keep"),
        config.firstTable(),
        config.priority(),
        config.names(),
        config.checkEvery());
  }
}
