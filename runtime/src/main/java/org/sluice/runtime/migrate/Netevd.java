// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What netevd was told: folders of scripts, and one file of YAML. */
final class Netevd {
  /** What folders are called after, here and there. */
  static final Set<String> EVENTS =
      Set.of(
          "carrier",
          "no-carrier",
          "configured",
          "degraded",
          "routable",
          "activated",
          "disconnected",
          "manager",
          "routes",
          "off",
          "dormant",
          "enslaved",
          "linger",
          "missing",
          "address-added",
          "address-removed",
          "link-added",
          "link-removed",
          "mtu");

  /** Folders that netevd allowed and whose scripts it never ran. */
  private static final Set<String> SILENT = Set.of("configured", "linger", "manager");

  private static final Map<String, String> WORDS =
      Map.of(
          "DHCP_SUBNET_MASK", "is not told: the length of the address is in $JSON",
          "DHCP_LEASE", "is not told: DHCP_ADDRESS, DHCP_GATEWAY and others are",
          "DROP_REASON", "is not told: Sluice does not watch dropped packets",
          "TCP_RETRANSMIT", "is not told: Sluice does not watch TCP");

  private final Output output;
  private final Report report;

  Netevd(Output output, Report report) {
    this.output = output;
    this.report = report;
  }

  void migrate(Path place) throws IOException, SettingsException {
    boolean folder = Files.isDirectory(place);
    Path file = folder ? place.resolve("netevd.yaml") : place;
    List<String> events = folder ? hooks(place) : List.of();
    if (!folder || Files.exists(file)) {
      Section root = new Section(file, "", YamlReader.read(file), report);
      Targets targets = new Targets(Product.NETEVD, file, output, report);
      new NetevdSettings(targets, report, events).migrate(root);
    }
    if (!events.isEmpty()) {
      report.step("stop netevd before Sluice is started: systemctl disable --now netevd");
    }
  }

  /** The folders whose hooks are copied. */
  private List<String> hooks(Path place) throws IOException {
    Targets targets = new Targets(Product.NETEVD, place, output, report);
    String rule = targets.named(Targets.RULE);
    Scripts scripts = new Scripts(report, WORDS, rule + ".cfg.json");
    Set<String> events = new TreeSet<>();
    for (Path folder : Scripts.events(place)) {
      String event = Scripts.event(folder);
      if (!EVENTS.contains(event)) {
        for (Path file : Scripts.in(folder)) {
          report.add(Outcome.NONE, file, 0, "there is no event " + event + "; it is left out");
        }
        continue;
      }
      for (Path file : scripts.good(folder)) {
        String name = event + ".d/" + file.getFileName();
        output.copy(file, name);
        events.add(event + ".d/*");
        report.add(Outcome.DONE, file, 0, "→ " + Output.HOOKS + "/" + name);
        if (SILENT.contains(event)) {
          report.add(Outcome.LOOK, file, 0, "netevd never ran it; Sluice will");
        }
      }
      if (event.equals("routes") && events.contains("routes.d/*")) {
        report.add(Outcome.LOOK, folder, 0, "it runs for default routes, not for every route");
      }
    }
    if (!events.isEmpty()) {
      ConfigFile config = targets.config(rule);
      config.set("hooks", List.copyOf(events));
      config.choice("Hooks have no capabilities, as SECURITY.md of netevd has it.");
      config.choice("Those that change the network take:");
      config.choice("\"capabilities\": [\"CAP_NET_ADMIN\"],");
    }
    return List.copyOf(events);
  }
}
