// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.HookHome;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** A host that another product looked after is looked after by Sluice. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class MigratedTest {
  private static final String SCRIPT =
      SluiceProcess.DIST.resolve("bin/sluice").toAbsolutePath().toString();

  /** The set-ups of others lie where nobody else can write; what is made of them is the home. */
  private static String migrate(HookHome home, String product, String yaml) throws Exception {
    Path place = others(home, product);
    if (!yaml.isEmpty()) {
      Files.writeString(place.resolve(product + ".yaml"), yaml);
    }
    return home.namespace()
        .exec(
            SCRIPT, "migrate", product, place.toString(), "--to", home.sluice().home().toString());
  }

  private static Path others(HookHome home, String product) {
    return home.sluice().home().resolve("others").resolve(product);
  }

  /** Starts on what was migrated, all of it. */
  private static void launch(HookHome home) throws Exception {
    home.hook("ready-ipv4.d/90-note", home.note("ready", "$LINK"));
    home.launch();
    long files;
    try (var all = Files.list(home.sluice().configs())) {
      files = all.count();
    }
    home.sluice()
        .awaitTrue(
            files + " files to be in force",
            () -> {
              JsonValue status = home.sluice().command("config:status", "--json").json();
              return Namespace.text(status, "current").equals("true")
                  && Namespace.items(Namespace.member(status, "files")).stream()
                          .filter(file -> Namespace.text(file, "state").equals("in force"))
                          .count()
                      == files;
            });
  }

  /** Links get addresses and ways out: {@code right} first, until all that it runs has run. */
  private static void life(HookHome home) throws Exception {
    Namespace namespace = home.namespace();
    namespace.ip("link set right up");
    namespace.ip("link set left up");
    namespace.ip("addr add 10.2.0.1/24 dev right");
    namespace.ip("route add default via 10.2.0.9 dev right metric 500");
    home.sluice().awaitTrue("right to be ready", () -> home.lines("ready").contains("right"));
    namespace.ip("addr add 10.1.0.1/24 dev left");
    namespace.ip("addr add 2001:db8:1::1/64 dev left nodad");
    namespace.ip("route add default via 10.1.0.9 dev left");
  }

  /** What is ours, by its mark. */
  private static List<String> rules(HookHome home) throws Exception {
    Set<String> all = home.namespace().rules();
    return all.stream().filter(rule -> rule.contains("proto 92")).toList();
  }

  @Test
  void scriptsAndRulesOfNetevd() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      Path place = others(home, "netevd");
      home.script(place.resolve("routable.d/10-note"), home.note("netevd", "$LINK $STATE"));
      home.script(place.resolve("routes.d/10-note"), home.note("netevd", "$LINK $STATE"));
      String report =
          migrate(
              home,
              "netevd",
              """
              monitoring: { interfaces: [left] }
              filters:
                - match_rule: { event_type: routes, condition: "!has_gateway" }
                  action: ignore
                - match_rule: { interface: left, condition: "has_gateway || interface == \\"left\\"" }
                  action: execute
                - action: ignore
              routing: { policy_rules: [left] }
              """);
      assertTrue(report.contains("look") && report.contains("!has_gateway"), report);
      launch(home);
      life(home);
      // Nobody asked for what happens on the other link.
      home.sluice()
          .awaitTrue(
              "both scripts to run for left, and none for right",
              () ->
                  Set.of("left routable", "left routes").equals(Set.copyOf(home.lines("netevd"))));
      home.sluice().awaitTrue("two rules of the policy", () -> rules(home).size() == 2);
      assertEquals(
          List.of(
              "-4 22000: from 10.1.0.1 lookup main suppress_prefixlength 0 proto 92",
              "-4 22001: from 10.1.0.1 lookup 20000 proto 92"),
          rules(home));
      assertTrue(home.sluice().stop());
      assertEquals(List.of(), rules(home));
    }
  }

  @Test
  void scriptsOfNetworkdDispatcher() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.script(
          others(home, "networkd-dispatcher").resolve("routable.d/50-note"),
          home.note("dispatcher", "$IFACE $STATE $OperationalState"));
      migrate(home, "networkd-dispatcher", "");
      launch(home);
      life(home);
      home.sluice()
          .awaitTrue(
              "both links to be told",
              () ->
                  List.of("right routable routable", "left routable routable")
                      .equals(home.lines("dispatcher")));
    }
  }

  @Test
  void scriptsAndRulesOfNetworkBroker() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.script(
          others(home, "network-broker").resolve("routable.d/50-note"),
          home.note("broker", "$LINK $OperationalState"));
      migrate(home, "network-broker", "Network: { Links: left, RoutingPolicyRules: left }\n");
      launch(home);
      life(home);
      assertEquals(List.of("left routable"), home.awaitLines("broker", 1));
      home.sluice().awaitTrue("two rules of the policy", () -> rules(home).size() == 2);
    }
  }
}
