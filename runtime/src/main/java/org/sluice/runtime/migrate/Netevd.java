// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What netevd was told: one file of YAML, and folders of scripts. */
final class Netevd {
  private static final Set<String> EVENTS =
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

  private static final Map<String, String> WEBHOOK_EVENTS =
      Map.of("route_change", "routes", "address_change", "address-added");

  private static final String ELSEWHERE =
      "Sluice does not do it; a hook in lease-acquired.d is told ";
  private static final int MOST_DAYS = 36_500;
  private static final int LONGEST_TIMEOUT = 86_400;

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
      settings(file, events);
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

  private void settings(Path file, List<String> events) throws IOException, SettingsException {
    Section root = new Section(file, "", YamlReader.read(file), report);
    Targets targets = new Targets(Product.NETEVD, file, output, report);
    String backend = system(root, targets);
    rule(root, targets, events, backend);
    root.section("hooks").ifPresent(hooks -> hooks(hooks, targets));
    root.section("routing").flatMap(r -> r.texts("policy_rules")).ifPresent(targets::policy);
    root.section("backends").ifPresent(backends -> backends(backends, targets));
    serving(root, targets);
    root.section("audit").ifPresent(audit -> audit(audit, targets));
    webhooks(root.sections("webhooks"), targets);
    root.section("ebpf")
        .ifPresent(
            ebpf -> {
              ebpf.truth("enabled")
                  .ifPresent(on -> targets.applies(on, "Sluice does not watch dropped packets"));
              for (String key :
                  List.of(
                      "drops",
                      "tcp_retransmit",
                      "tcp_reset",
                      "debounce_ms",
                      "min_count",
                      "object_path",
                      "skip_unknown_ifindex")) {
                ebpf.text(key);
              }
              ebpf.texts("reasons_allow");
              ebpf.texts("reasons_deny");
            });
    root.unknown();
  }

  private static String system(Section root, Targets targets) {
    return root.section("system")
        .map(
            system -> {
              system.text("log_level").ifPresent(targets::logLevel);
              return system
                  .text("backend")
                  .map(
                      backend -> {
                        targets.add(
                            Outcome.DONE,
                            backend,
                            "nothing to do: Sluice listens to the kernel and to every manager that"
                                + " runs");
                        return backend.value();
                      })
                  .orElse("systemd-networkd");
            })
        .orElse("systemd-networkd");
  }

  /** Which links and filters: both go into one file, for a hook obeys one. */
  private static void rule(Section root, Targets targets, List<String> events, String backend) {
    String pid = targets.named(Targets.RULE);
    List<String> conditions = new ArrayList<>();
    root.section("monitoring")
        .ifPresent(
            monitoring -> {
              List<String> links = new ArrayList<>();
              var names = monitoring.texts("interfaces");
              var patterns = monitoring.texts("match_patterns");
              names.ifPresent(found -> links.addAll(found.value()));
              patterns.ifPresent(found -> links.addAll(found.value()));
              names
                  .or(() -> patterns)
                  .ifPresent(
                      found -> {
                        if (events.isEmpty()) {
                          targets.add(Outcome.DONE, found, "no hooks are copied; nothing to do");
                        } else {
                          targets.set(found, pid, "interfaces", List.copyOf(links));
                          targets.add(
                              Outcome.LOOK,
                              found,
                              "netevd 0.2 ran hooks for every link all the same; Sluice will not");
                        }
                      });
              monitoring.texts("exclude").ifPresent(found -> exclude(found, targets, conditions));
            });
    String filter = new Filters(targets, backend).condition(root.sections("filters"));
    if (!filter.isEmpty()) {
      conditions.add(conditions.isEmpty() ? filter : "(" + filter + ")");
    }
    if (!conditions.isEmpty() && !events.isEmpty()) {
      targets.config(pid).set("condition", String.join(" && ", conditions));
    }
  }

  private static void exclude(
      Section.Found<List<String>> found, Targets targets, List<String> conditions) {
    for (String name : found.value()) {
      if (name.matches("[^\"\\\\*?]+")) {
        conditions.add("interface != \"" + name + "\"");
        targets.add(Outcome.DONE, found, name + " → condition");
      } else {
        targets.add(
            Outcome.LOOK,
            found,
            "\"" + name + "\" cannot be left out by a pattern: name the others in interfaces");
      }
    }
  }

  private static void hooks(Section hooks, Targets targets) {
    hooks
        .number("timeout_sec")
        .ifPresent(
            timeout -> {
              if (timeout.value() >= 1 && timeout.value() <= LONGEST_TIMEOUT) {
                targets.set(timeout, Targets.HOOKS, "timeout", timeout.value());
              } else {
                targets.add(Outcome.LOOK, timeout, "must be 1 to 86400 seconds; it is left out");
              }
            });
    hooks
        .number("debounce_ms")
        .ifPresent(
            found ->
                targets.add(
                    Outcome.LOOK,
                    found,
                    "Sluice tells at once, and drops what is no longer true; see rate in "
                        + Targets.HOOKS
                        + ".cfg.json"));
    hooks
        .number("max_parallel")
        .ifPresent(
            found ->
                targets.add(
                    Outcome.LOOK,
                    found,
                    "did nothing in netevd and is left out; see parallel in "
                        + Targets.HOOKS
                        + ".cfg.json"));
  }

  private static void backends(Section backends, Targets targets) {
    for (String key : List.of("systemd_networkd", "networkmanager", "dhclient")) {
      backends
          .section(key)
          .ifPresent(
              backend -> {
                backend
                    .truth("emit_json")
                    .ifPresent(
                        found -> targets.add(Outcome.DONE, found, "hooks are always told JSON"));
                backend.truth("use_dns").ifPresent(f -> targets.applies(f, ELSEWHERE + "DNS"));
                backend
                    .truth("use_domain")
                    .ifPresent(f -> targets.applies(f, ELSEWHERE + "DHCP_DOMAIN"));
                backend
                    .truth("use_hostname")
                    .ifPresent(f -> targets.applies(f, ELSEWHERE + "DHCP_HOSTNAME"));
              });
    }
  }

  /** Where it serves is an option of the start of Sluice, and not configuration. */
  private void serving(Section root, Targets targets) {
    root.section("api")
        .ifPresent(
            api -> {
              String host = api.text("bind_address").map(Section.Found::value).orElse("127.0.0.1");
              long port = api.number("port").map(Section.Found::value).orElse(9090L);
              api.truth("enabled")
                  .ifPresent(
                      on -> {
                        if (!on.value()) {
                          targets.add(Outcome.LOOK, on, "Sluice serves on loopback all the same");
                          return;
                        }
                        String option = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
                        targets.add(Outcome.LOOK, on, "is an option: run --http " + option);
                        report.step("start Sluice with: sluice run --http " + option);
                      });
              api.section("tls")
                  .ifPresent(
                      tls -> {
                        tls.truth("enabled")
                            .ifPresent(
                                on ->
                                    targets.applies(
                                        on, "Sluice serves without TLS: put a proxy before it"));
                        tls.text("cert_file");
                        tls.text("key_file");
                      });
            });
    root.section("metrics")
        .ifPresent(
            metrics -> {
              metrics
                  .truth("enabled")
                  .filter(Section.Found::value)
                  .ifPresent(
                      on ->
                          targets.add(
                              Outcome.LOOK,
                              on,
                              "they are at /metrics of --http, and called sluice_…"));
              metrics
                  .number("port")
                  .ifPresent(
                      port -> targets.add(Outcome.NONE, port, "metrics have no port of their own"));
            });
  }

  private static void audit(Section audit, Targets targets) {
    audit
        .truth("enabled")
        .ifPresent(
            on -> {
              targets.set(on, Targets.AUDIT, "enabled", on.value());
              if (on.value()) {
                targets.set(on, Targets.HAPPENINGS, "audit", true);
              }
            });
    audit
        .text("path")
        .ifPresent(
            path -> targets.add(Outcome.LOOK, path, "it is var/audit/audit.jsonl in the home"));
    audit
        .number("retention_days")
        .ifPresent(
            days -> {
              if (days.value() >= 1 && days.value() <= MOST_DAYS) {
                targets.set(days, Targets.AUDIT, "days", days.value());
              } else {
                targets.add(Outcome.LOOK, days, "must be 1 to 36500 days; it is left out");
              }
            });
  }

  private static void webhooks(List<Section> webhooks, Targets targets) {
    int number = 0;
    for (Section webhook : webhooks) {
      String pid = targets.named(Targets.WEBHOOK) + (number == 0 ? "" : "-" + number);
      number++;
      webhook
          .text("url")
          .filter(
              url -> {
                boolean good = url.value().matches("https?://[^/@\\s]+(/\\S*)?");
                if (!good) {
                  targets.add(Outcome.LOOK, url, "is no address Sluice takes: https://HOST/PATH");
                }
                return good;
              })
          .ifPresent(
              url -> {
                targets.set(url, pid, "url", url.value());
                webhook.texts("events").ifPresent(events -> webhookEvents(events, targets, pid));
              });
      webhook.texts("events");
    }
  }

  private static void webhookEvents(
      Section.Found<List<String>> events, Targets targets, String pid) {
    Set<String> known = new TreeSet<>(EVENTS);
    known.addAll(List.of("link-up", "link-down"));
    List<String> good = new ArrayList<>();
    for (String event : events.value()) {
      String name = WEBHOOK_EVENTS.getOrDefault(event, event.replace('_', '-'));
      if (known.contains(name)) {
        good.add(name);
      } else {
        targets.add(Outcome.LOOK, events, "there is no event \"" + event + "\"; it is left out");
      }
    }
    if (!good.isEmpty()) {
      targets.set(events, pid, "events", List.copyOf(good));
    }
  }
}
