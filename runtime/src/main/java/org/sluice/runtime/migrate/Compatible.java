// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Folders of scripts that stay where they are, because Sluice runs them as they are. */
final class Compatible {
  /** What networkd-dispatcher and network-broker call folders after, and Sluice knows too. */
  private static final Set<String> STATES =
      Set.of(
          "off",
          "no-carrier",
          "dormant",
          "carrier",
          "degraded",
          "routable",
          "enslaved",
          "missing",
          "pending",
          "initialized",
          "configuring",
          "configured",
          "unmanaged",
          "failed",
          "linger");

  private static final Set<String> OF_BROKER = Set.of("manager", "routes");

  private static final String NEVER = "is never told by Sluice";

  private static final Map<String, String> MANAGER_WORDS =
      Map.ofEntries(
          Map.entry("pre-up", NEVER),
          Map.entry("pre-down", NEVER),
          Map.entry("vpn-up", NEVER),
          Map.entry("vpn-down", NEVER),
          Map.entry("vpn-pre-up", NEVER),
          Map.entry("vpn-pre-down", NEVER),
          Map.entry("connectivity-change", NEVER),
          Map.entry("dns-change", NEVER),
          Map.entry("reapply", NEVER),
          Map.entry("CONNECTION_UUID", NEVER + "; CONNECTION_ID is"),
          Map.entry("CONNECTION_FILENAME", NEVER),
          Map.entry("CONNECTIVITY_STATE", NEVER),
          Map.entry("VPN_IP_IFACE", NEVER));

  private static final Map<String, String> DISPATCHER_WORDS = Map.of("ESSID", "is always empty");

  private final Product product;
  private final Output output;
  private final Report report;

  Compatible(Product product, Output output, Report report) {
    this.product = product;
    this.output = output;
    this.report = report;
  }

  void migrate(Path place) throws IOException {
    if (product == Product.NETWORKMANAGER) {
      manager(place);
    } else {
      folders(place, Targets.RULE + "~" + product.word(), DISPATCHER_WORDS);
    }
  }

  /** Whether there is a script that runs. */
  boolean folders(Path place, String rule, Map<String, String> words) throws IOException {
    Scripts scripts = new Scripts(report, words, rule + ".cfg.json");
    boolean used = false;
    for (Path folder : Scripts.events(place)) {
      String event = Scripts.event(folder);
      boolean known =
          STATES.contains(event)
              || (product == Product.NETWORK_BROKER && OF_BROKER.contains(event));
      if (known) {
        List<Path> good = scripts.good(folder);
        tell(good, place);
        used |= !good.isEmpty();
      } else {
        for (Path file : Scripts.in(folder)) {
          report.add(Outcome.NONE, file, 0, "there is no state " + event + "; it does not run");
        }
      }
    }
    if (used) {
      name(place);
    }
    return used;
  }

  private void manager(Path place) throws IOException {
    Scripts scripts =
        new Scripts(report, MANAGER_WORDS, Targets.RULE + "~" + product.word() + ".cfg.json");
    List<Path> good = scripts.good(place);
    tell(good, place);
    for (String never : List.of("pre-up.d", "pre-down.d")) {
      for (Path file : Scripts.in(place.resolve(never))) {
        report.add(Outcome.NONE, file, 0, "Sluice tells nobody before a link is up or down");
      }
    }
    for (Path file : Scripts.in(place.resolve("no-wait.d"))) {
      if (!good.stream().anyMatch(script -> same(script, file))) {
        report.add(Outcome.NONE, file, 0, "no-wait.d is not looked at: link to it from above");
      }
    }
    if (!good.isEmpty()) {
      name(place);
    }
  }

  private void tell(List<Path> good, Path place) throws IOException {
    for (Path file : good) {
      Path real = file.toRealPath();
      if (Files.isSymbolicLink(file) && !real.startsWith(place.toRealPath())) {
        report.add(
            Outcome.LOOK,
            file,
            0,
            "is a link to "
                + real
                + ", and refused until links in "
                + Targets.HOOKS
                + ".cfg.json has \""
                + real.getParent()
                + "\"");
      } else {
        report.add(Outcome.DONE, file, 0, "runs where it is");
        shadowed(place, file);
      }
    }
  }

  /** A file in /etc stood for the one of the same name in /usr/lib. */
  private void shadowed(Path place, Path file) {
    Path first = product.places().getFirst();
    if (product.places().contains(place)
        && !place.equals(first)
        && Files.exists(first.resolve(place.relativize(file)), LinkOption.NOFOLLOW_LINKS)) {
      report.add(
          Outcome.LOOK,
          file,
          0,
          "did not run, because of the one of this name in "
              + first
              + "; Sluice runs both, unless a file "
              + Targets.RULE
              + "~NAME.cfg.json with \"hooks\": [\""
              + file
              + "\"] has \"condition\": \"event == \\\"\\\"\"");
    }
  }

  private static boolean same(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  private void name(Path place) throws IOException {
    String entry = product.word() + "=" + place.toRealPath();
    Targets targets = new Targets(product, place, output, report);
    ConfigFile config = targets.config(Targets.HOOKS);
    config.append("compat", entry);
    report.add(Outcome.DONE, place, 0, "→ configs/" + config.name() + ": compat");
    report.step(
        "scripts run twice as long as both run: systemctl disable --now "
            + (product == Product.NETWORKMANAGER ? "NetworkManager-dispatcher" : product.word()));
    report.step(
        "scripts have no capabilities; one that changes the network takes a file"
            + " configs/org.sluice.link.hooks.hook~NAME.cfg.json (docs/hooks.md)");
  }
}
