// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.util.ArrayList;
import java.util.List;

/** The file of netevd, section by section. */
final class NetevdSettings {
  private static final String ELSEWHERE =
      "Sluice does not do it; a hook in lease-acquired.d is told ";
  private static final int MOST_DAYS = 36_500;
  private static final int LONGEST_TIMEOUT = 86_400;

  private final Targets targets;
  private final Report report;

  /** Whose hooks are copied. */
  private final List<String> events;

  NetevdSettings(Targets targets, Report report, List<String> events) {
    this.targets = targets;
    this.report = report;
    this.events = events;
  }

  void migrate(Section root) {
    String backend = system(root);
    rule(root, backend);
    root.section("hooks").ifPresent(this::hooks);
    root.section("routing").flatMap(r -> r.texts("policy_rules")).ifPresent(targets::policy);
    root.section("backends").ifPresent(this::backends);
    serving(root);
    root.section("audit").ifPresent(this::audit);
    new NetevdWebhooks(targets).migrate(root.sections("webhooks"));
    root.section("ebpf").ifPresent(this::ebpf);
    root.unknown();
  }

  private String system(Section root) {
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
  private void rule(Section root, String backend) {
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
              monitoring.texts("exclude").ifPresent(found -> exclude(found, conditions));
            });
    String filter = new Filters(targets, backend).condition(root.sections("filters"));
    if (!filter.isEmpty()) {
      conditions.add(conditions.isEmpty() ? filter : "(" + filter + ")");
    }
    if (!conditions.isEmpty() && !events.isEmpty()) {
      targets.config(pid).set("condition", String.join(" && ", conditions));
    }
  }

  private void exclude(Section.Found<List<String>> found, List<String> conditions) {
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

  private void hooks(Section hooks) {
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

  private void backends(Section backends) {
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
  private void serving(Section root) {
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

  private void audit(Section audit) {
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

  private void ebpf(Section ebpf) {
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
  }
}
