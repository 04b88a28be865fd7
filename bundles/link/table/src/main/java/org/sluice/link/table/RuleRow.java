// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.ArrayList;
import java.util.List;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Rule;

/**
 * A rule in one line, in the words of {@code ip rule}.
 *
 * @param packets for which it is: {@code from 10.0.0.7}, {@code from all fwmark 0x1/0xff}
 * @param action what it does: {@code lookup 1002}, {@code goto 200}, {@code blackhole}
 */
record RuleRow(String family, long priority, String packets, String action, String protocol) {

  static List<RuleRow> in(LinkSnapshot picture) {
    return picture.rules().stream().map(RuleRow::of).toList();
  }

  static RuleRow of(Rule rule) {
    return new RuleRow(
        rule.six() ? "IPv6" : "IPv4",
        rule.priority(),
        packets(rule),
        action(rule),
        Numbers.protocol(rule.protocol()));
  }

  private static String packets(Rule rule) {
    List<String> words = new ArrayList<>();
    IpPrefix from = rule.from();
    words.add(from == null ? "from all" : "from " + prefix(from));
    IpPrefix to = rule.to();
    if (to != null) {
      words.add("to " + prefix(to));
    }
    if (!rule.incoming().isEmpty()) {
      words.add("iif " + rule.incoming());
    }
    if (!rule.outgoing().isEmpty()) {
      words.add("oif " + rule.outgoing());
    }
    words.addAll(rule.conditions());
    String all = String.join(" ", words);
    return rule.inverted() ? "not " + all : all;
  }

  private static String prefix(IpPrefix prefix) {
    IpAddress address = prefix.address();
    return prefix.length() == address.bits() ? address.toString() : prefix.toString();
  }

  private static String action(Rule rule) {
    String what =
        switch (rule.action()) {
          case "table" -> "lookup " + Numbers.table(rule.table());
          case "goto" -> "goto " + rule.target();
          default -> rule.action();
        };
    return rule.suppressedLength() < 0
        ? what
        : what + " suppress_prefixlength " + rule.suppressedLength();
  }

  /** Without its columns. */
  String text() {
    return priority + ": " + packets + " " + action;
  }
}
