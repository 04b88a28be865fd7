// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;
import org.sluice.host.api.Spelling;

/** Refuses a configuration that could not do what it says. */
@Component
public final class NamesCheck implements ConfigCheck {
  private static final Set<String> USUAL = Set.of("dhclient", "networkmanager");

  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    Map<String, Object> values = proposed.get(Names.PID);
    if (values == null) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    List<String> backends = texts(values.get("backends"));
    for (int i = 0; i < backends.size(); i++) {
      backend(backends.get(i), i, findings);
    }
    boolean links =
        !texts(values.get("links")).isEmpty() || !texts(values.get("hostNameLinks")).isEmpty();
    if (links && backends.isEmpty()) {
      findings.add(
          new Finding(
              Names.PID,
              texts(values.get("links")).isEmpty() ? "hostNameLinks" : "links",
              "no backend is named whose name servers or host names are to be handed over",
              "add for example \"backends\": [\"dhclient\"]"));
    }
    if (!links && !backends.isEmpty()) {
      findings.add(
          new Finding(
              Names.PID, "backends", "no link is named", "add for example \"links\": [\"eth1\"]"));
    }
    return findings;
  }

  private static void backend(String name, int item, List<Finding> to) {
    if (name.equals(Wanted.NETWORKD) || name.equals("systemd-networkd")) {
      to.add(
          new Finding(
              Names.PID,
              "backends",
              "systemd-networkd tells resolved and hostnamed by itself",
              "set UseDNS=, UseDomains= and UseHostname= in its .network file",
              item,
              -1));
    } else if (name.equals("kernel")) {
      to.add(
          new Finding(
              Names.PID,
              "backends",
              "the kernel knows no name servers",
              "known: dhclient, networkmanager",
              item,
              -1));
    } else if (!USUAL.contains(name)) {
      // Another bundle may bring another backend; what is only misspelt is not one.
      List<String> near = Spelling.near(name, USUAL, 1);
      if (!near.isEmpty()) {
        to.add(
            new Finding(
                Names.PID,
                "backends",
                "there is no backend \"" + name + "\"",
                "did you mean \"" + near.getFirst() + "\"?",
                item,
                -1));
      }
    }
  }

  private static List<String> texts(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case null -> List.of();
      case Object[] array -> Arrays.stream(array).map(String::valueOf).toList();
      case Collection<?> all -> all.stream().map(String::valueOf).toList();
      case Object one -> List.of(one.toString());
    };
  }
}
