// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What several products have in common, and where it goes. */
final class Targets {
  static final String HOOKS = "org.sluice.link.hooks";
  static final String RULE = HOOKS + ".hook";
  static final String WEBHOOK = HOOKS + ".webhook";
  static final String LOG = "org.sluice.ops.log";
  static final String AUDIT = "org.sluice.ops.audit";
  static final String HAPPENINGS = "org.sluice.link.happenings";
  private static final String POLICY = "org.sluice.link.policy.link";

  private static final Map<String, String> LEVELS =
      Map.of(
          "trace", "trace", "debug", "debug", "info", "info", "warn", "warn", "warning", "warn",
          "error", "error", "fatal", "error", "panic", "error");

  private final Product product;
  private final Path file;
  private final Output output;
  private final Report report;

  Targets(Product product, Path file, Output output, Report report) {
    this.product = product;
    this.file = file;
    this.output = output;
    this.report = report;
  }

  /** The name of the file of a factory that is made for this product. */
  String named(String factory) {
    return factory + "~" + product.word();
  }

  ConfigFile config(String pid) {
    ConfigFile config = output.config(pid);
    config.remark("Made by: sluice migrate " + product.word() + ", from " + file);
    return config;
  }

  /** Sets a key, and tells so; what another product said before stays. */
  void set(Section.Found<?> from, String pid, String key, Object value) {
    ConfigFile config = config(pid);
    String what = from.key() + " → configs/" + config.name() + ": " + key;
    if (config.set(key, value)) {
      report.add(Outcome.DONE, file, from.line(), what);
    } else {
      report.add(
          Outcome.LOOK,
          file,
          from.line(),
          what + " has another value from another product, which stays: decide which is right");
    }
  }

  void add(Outcome outcome, Section.Found<?> from, String text) {
    report.add(outcome, file, from.line(), from.key() + ": " + text);
  }

  void logLevel(Section.Found<String> level) {
    Optional.ofNullable(LEVELS.get(level.value().toLowerCase(Locale.ROOT)))
        .ifPresentOrElse(
            word -> set(level, LOG, "level", word),
            () ->
                add(
                    Outcome.LOOK,
                    level,
                    "\""
                        + level.value()
                        + "\" is no level of Sluice: set level or levels in "
                        + LOG
                        + ".cfg.json"));
  }

  /** Both products handle IPv4 only, and leave their rules behind. */
  void policy(Section.Found<List<String>> links) {
    List<String> own =
        links.value().stream()
            .distinct()
            .filter(
                link -> {
                  String name = output.policyOf(link, product.word());
                  if (!name.equals(product.word())) {
                    add(Outcome.LOOK, links, link + " is in the policy of " + name + " already");
                  }
                  return name.equals(product.word());
                })
            .toList();
    if (own.isEmpty()) {
      return;
    }
    ConfigFile config = config(named(POLICY));
    config.set("ipv6", false);
    config.remark(product.word() + " handled IPv4 only. Without the key ipv6 both are handled.");
    set(new Section.Found<>(own, links.key(), links.line()), named(POLICY), "links", own);
    add(
        Outcome.LOOK,
        links,
        "the tables have other numbers now (20000 and up; policy:show). Set table if scripts name"
            + " one");
    report.step(
        product.word()
            + " leaves its rules and routes behind when it ends: look at \"ip rule\", and remove"
            + " those without \"proto\"");
  }

  void applies(Section.Found<Boolean> key, String text) {
    if (key.value()) {
      add(Outcome.NONE, key, text);
    } else {
      add(Outcome.DONE, key, "nothing to do");
    }
  }
}
