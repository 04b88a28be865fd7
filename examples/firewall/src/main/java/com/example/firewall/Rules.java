package com.example.firewall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The rules in force, in their order, and how often each has decided. Never changed: replaced. */
final class Rules {
  private final Rule[] rules;
  private final LongAdder[] packets;
  private final boolean allowRest;

  /** One line of {@code firewall:rules}. */
  record Row(int number, String rule, long packets) {}

  Rules(String[] texts, boolean allowRest) {
    rules = Arrays.stream(texts).map(Rule::parse).toArray(Rule[]::new);
    packets = new LongAdder[rules.length + 1];
    Arrays.setAll(packets, i -> new LongAdder());
    this.allowRest = allowRest;
  }

  /** The first rule that covers the packet decides; the rest is as the default says. */
  boolean allow(Rule.Packet packet) {
    for (int i = 0; i < rules.length; i++) {
      if (rules[i].covers(packet)) {
        packets[i].increment();
        return rules[i].allow();
      }
    }
    packets[rules.length].increment();
    return allowRest;
  }

  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < rules.length; i++) {
      rows.add(new Row(i + 1, rules[i].text(), packets[i].sum()));
    }
    rows.add(new Row(rules.length + 1, (allowRest ? "allow" : "deny") + " the rest", packets[rules.length].sum()));
    return rows;
  }
}
