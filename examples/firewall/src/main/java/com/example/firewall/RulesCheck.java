package com.example.firewall;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;

/** Refuses a file with a rule that cannot be read, before anything changes. */
@Component
public final class RulesCheck implements ConfigCheck {
  private static final String PID = "com.example.firewall";

  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    List<Finding> findings = new ArrayList<>();
    if (proposed.getOrDefault(PID, Map.of()).get("rules") instanceof String[] rules) {
      for (int i = 0; i < rules.length; i++) {
        try {
          Rule.parse(rules[i]);
        } catch (IllegalArgumentException e) {
          findings.add(
              new Finding(
                  PID,
                  "rules",
                  e.getMessage(),
                  "for example: allow tcp from any to 192.0.2.0/24 port 80 and back",
                  i,
                  -1));
        }
      }
    }
    return findings;
  }
}
