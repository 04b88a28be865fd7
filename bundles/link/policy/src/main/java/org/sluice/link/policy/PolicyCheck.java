// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;

/** Refuses policies that cannot be read, or that want the same. */
@Component
public final class PolicyCheck implements ConfigCheck {
  private static final Set<Long> TABLES_OF_THE_SYSTEM = Set.of(253L, 254L, 255L);

  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    List<Finding> findings = new ArrayList<>();
    Map<Long, String> tables = new HashMap<>();
    Map<String, String> links = new HashMap<>();
    new TreeMap<>(proposed)
        .forEach(
            (pid, values) -> {
              if (pid.startsWith(PolicySpec.FACTORY + "~")) {
                words(pid, values, findings, links);
                table(pid, values, findings, tables);
                if (Boolean.FALSE.equals(values.get("ipv4"))
                    && Boolean.FALSE.equals(values.get("ipv6"))) {
                  findings.add(
                      new Finding(
                          pid, "ipv6", "neither IPv4 nor IPv6 is handled", "remove the file"));
                }
              }
            });
    return findings;
  }

  private static void words(
      String pid, Map<String, Object> values, List<Finding> findings, Map<String, String> links) {
    String[] named = texts(values, "links");
    if (named.length == 0) {
      findings.add(new Finding(pid, "links", "no link is named", "for example [\"eth1\"]"));
    }
    for (String text : named) {
      read(pid, "links", () -> LinkSelector.parse(text), "a name, a pattern or a MAC", findings);
      String other = links.putIfAbsent(text, pid);
      if (other != null) {
        findings.add(
            new Finding(
                pid,
                "links",
                other.equals(pid)
                    ? text + " is named twice"
                    : text + " is claimed by policy " + PolicySpec.name(other) + " too",
                "a link falls under one policy"));
      }
    }
    for (String key : List.of("exclude", "sources", "bypass")) {
      for (String text : texts(values, key)) {
        read(pid, key, () -> PolicySpec.prefix(text), "for example 10.0.0.0/8", findings);
      }
    }
    read(
        pid,
        "gateway4",
        () -> PolicySpec.gateway(text(values, "gateway4"), false),
        "for example 10.0.0.1",
        findings);
    read(
        pid,
        "gateway6",
        () -> PolicySpec.gateway(text(values, "gateway6"), true),
        "for example fe80::1",
        findings);
  }

  private static void table(
      String pid, Map<String, Object> values, List<Finding> findings, Map<Long, String> tables) {
    if (!(values.get("table") instanceof Number number) || number.longValue() == 0) {
      return;
    }
    long table = number.longValue();
    if (TABLES_OF_THE_SYSTEM.contains(table)) {
      findings.add(
          new Finding(
              pid,
              "table",
              "table " + table + " is one of the system",
              "choose another, or 0 for an automatic one"));
    }
    String other = tables.putIfAbsent(table, pid);
    if (other != null) {
      findings.add(
          new Finding(
              pid,
              "table",
              "table " + table + " is that of policy " + PolicySpec.name(other) + " too",
              "choose another, or 0 for an automatic one"));
    }
  }

  private static void read(
      String pid, String key, Runnable reader, String remedy, List<Finding> findings) {
    try {
      reader.run();
    } catch (IllegalArgumentException e) {
      findings.add(new Finding(pid, key, String.valueOf(e.getMessage()), remedy));
    }
  }

  private static String[] texts(Map<String, Object> values, String key) {
    return values.get(key) instanceof String[] texts ? texts : new String[0];
  }

  private static String text(Map<String, Object> values, String key) {
    return values.get(key) instanceof String text ? text : "";
  }
}
