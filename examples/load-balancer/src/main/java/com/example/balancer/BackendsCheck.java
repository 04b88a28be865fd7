package com.example.balancer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;

/** Refuses a file with an address that is none, before anything changes. */
@Component
public final class BackendsCheck implements ConfigCheck {
  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    Map<String, Object> keys = proposed.getOrDefault(Balancer.PID, Map.of());
    List<Finding> findings = new ArrayList<>();
    if (keys.get("address") instanceof String address) {
      check("address", address, -1, findings);
    }
    if (keys.get("backends") instanceof String[] backends) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < backends.length; i++) {
        check("backends", backends[i], i, findings);
        if (!seen.add(backends[i])) {
          findings.add(finding("backends", backends[i] + " is named twice", "name it once", i));
        }
      }
    }
    return findings;
  }

  private static void check(String key, String address, int place, List<Finding> findings) {
    try {
      Addresses4.of(address);
    } catch (IllegalArgumentException e) {
      findings.add(
          finding(key, "'" + address + "' is no address of IPv4", "for example: 192.0.2.1", place));
    }
  }

  private static Finding finding(String key, String wrong, String remedy, int place) {
    return new Finding(Balancer.PID, key, wrong, remedy, place, -1);
  }
}
