// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What network-broker (network-event-broker) was told: a file of TOML or YAML, and scripts. */
final class NetworkBroker {
  private static final String NAME = "network-broker";
  private static final String ELSEWHERE =
      "Sluice does not do it; a hook in lease-acquired.d is told ";

  private final Output output;
  private final Report report;

  NetworkBroker(Output output, Report report) {
    this.output = output;
    this.report = report;
  }

  void migrate(Path place) throws IOException, SettingsException {
    if (!Files.isDirectory(place)) {
      settings(place, "");
      return;
    }
    Targets targets = new Targets(Product.NETWORK_BROKER, place, output, report);
    String folder = place.toRealPath().toString();
    boolean used =
        new Compatible(Product.NETWORK_BROKER, output, report)
            .folders(place, targets.named(Targets.RULE), Map.of());
    for (String suffix : List.of(".toml", ".yaml", ".yml")) {
      Path file = place.resolve(NAME + suffix);
      if (Files.exists(file)) {
        settings(file, used ? folder : "");
      }
    }
  }

  /**
   * @param scripts the folder of scripts that run; empty when there are none
   */
  private void settings(Path file, String scripts) throws IOException, SettingsException {
    Setting.Group read =
        file.toString().endsWith(".toml") ? TomlReader.read(file) : YamlReader.read(file);
    Section root = new Section(file, "", read, report);
    Targets targets = new Targets(Product.NETWORK_BROKER, file, output, report);
    root.section("System")
        .ifPresent(
            system -> {
              system.text("LogLevel").ifPresent(targets::logLevel);
              system.text("LogFormat").ifPresent(format -> format(format, targets));
              generator(system, targets);
            });
    root.section("Network")
        .ifPresent(
            network -> {
              // Older files have it here.
              generator(network, targets);
              network.texts("Links").ifPresent(links -> links(links, targets, scripts));
              network.texts("RoutingPolicyRules").ifPresent(targets::policy);
              network
                  .truth("EmitJSON")
                  .ifPresent(on -> targets.add(Outcome.DONE, on, "scripts are always told JSON"));
              network.truth("UseDNS").ifPresent(on -> targets.applies(on, ELSEWHERE + "DNS"));
              network
                  .truth("UseDomain")
                  .ifPresent(on -> targets.applies(on, ELSEWHERE + "DHCP_DOMAIN"));
              network
                  .truth("UseHostname")
                  .ifPresent(on -> targets.applies(on, ELSEWHERE + "DHCP_HOSTNAME"));
            });
    root.unknown();
  }

  private static void format(Section.Found<String> format, Targets targets) {
    switch (format.value()) {
      case "json" -> targets.set(format, Targets.LOG, "format", "json");
      case "text" -> targets.set(format, Targets.LOG, "format", "logfmt");
      default ->
          targets.add(
              Outcome.LOOK, format, "\"" + format.value() + "\" is no format; it is left out");
    }
  }

  private static void generator(Section section, Targets targets) {
    section
        .texts("Generator")
        .ifPresent(
            found ->
                targets.add(
                    Outcome.DONE,
                    found,
                    "nothing to do: Sluice listens to the kernel and to every manager that runs"));
  }

  private static void links(Section.Found<List<String>> links, Targets targets, String scripts) {
    if (scripts.isEmpty()) {
      targets.add(Outcome.DONE, links, "no scripts are run; nothing to do");
      return;
    }
    String pid = targets.named(Targets.RULE);
    targets.config(pid).set("hooks", List.of(scripts + "/*"));
    targets.set(links, pid, "interfaces", links.value());
  }
}
