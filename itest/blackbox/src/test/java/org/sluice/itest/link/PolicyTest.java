// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** Policy routing on the real kernel: which way packets would take, and what is left behind. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PolicyTest {
  private static final String POLICY = "org.sluice.link.policy";
  private static final String TWO = POLICY + ".link~two";
  private static final String AWAY = "203.0.113.9";
  private static final String AWAY_SIX = "2001:db8:ffff::9";

  private static SluiceProcess prepare(Uplinks uplinks) throws Exception {
    return SluiceProcess.prepare().under(uplinks.host.prefix());
  }

  private static void await(SluiceProcess sluice, String link, String family, String state)
      throws Exception {
    try {
      sluice.awaitTrue(state, () -> Uplinks.shown(sluice, link, family, "state").startsWith(state));
    } catch (AssertionError e) {
      throw new AssertionError(sluice.command("policy:show").toString(), e);
    }
  }

  private static double metric(SluiceProcess sluice, Uplinks uplinks, String name)
      throws Exception {
    Pattern line = Pattern.compile("^" + name + " ([0-9.eE+]+)$", Pattern.MULTILINE);
    // Somebody listens before the page is there.
    return sluice.await(
        name,
        () -> {
          Matcher matcher = line.matcher(uplinks.host.get(sluice, "/metrics"));
          return matcher.find() ? Double.valueOf(matcher.group(1)) : null;
        });
  }

  @Test
  void packetsLeaveByTheLinkOfTheirAddressAndNeighboursAreReachedDirectly() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed().bridged();
        SluiceProcess sluice = prepare(uplinks)) {
      uplinks.host.ip("addr add 192.0.2.77/32 dev lo");
      assertTrue(uplinks.way(AWAY, "10.2.0.2").contains("dev eth1"), "without a policy");
      sluice.config(TWO, "{ \"links\": [\"eth2\"] }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      uplinks.awaitWay(sluice, AWAY_SIX, "2001:db8:2::2", "via fe80::2 dev eth2");
      await(sluice, "eth2", "IPv4", "in force");
      await(sluice, "eth2", "IPv6", "in force");
      assertTrue(uplinks.way("10.1.0.77", "10.2.0.2").contains("10.1.0.77 from 10.2.0.2 dev eth1"));
      assertTrue(uplinks.way("10.2.0.77", "10.2.0.2").contains("10.2.0.77 from 10.2.0.2 dev eth2"));
      assertTrue(
          uplinks.way("172.17.0.5", "10.2.0.2").contains("172.17.0.5 from 10.2.0.2 dev br0"));
      assertTrue(uplinks.way("2001:db8:17::5", "2001:db8:2::2").contains("dev br0"));
      assertTrue(uplinks.way("2001:db8:1::77", "2001:db8:2::2").contains("dev eth1"));
      assertTrue(uplinks.way(AWAY, "10.1.0.2").contains("via 10.1.0.1 dev eth1"), "the other link");
      assertTrue(uplinks.way(AWAY, "192.0.2.77").contains("dev eth1"), "an address of no policy");
      assertEquals("none", sluice.command("policy:plan").out().strip());
      assertFalse(uplinks.state().contains("fe80::2 lookup"), "link-local addresses have no rule");
    }
  }

  @Test
  void itDoesNotMatterWhatComesFirst() throws Exception {
    try (Uplinks uplinks = Uplinks.create();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      host.ip("addr add 10.1.0.2/24 dev eth1");
      host.ip("route add default via 10.1.0.1 dev eth1");
      sluice.config(TWO, "{ \"links\": [\"eth?\"], \"ipv6\": true }");
      sluice.launch();
      await(sluice, "eth2", "IPv4", "no address");
      // The address first, as with DHCP.
      host.ip("addr add 10.2.0.2/24 dev eth2");
      await(sluice, "eth2", "IPv4", "no gateway");
      host.ip("route add default via 10.2.0.1 dev eth2 metric 200");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      // Another gateway, in one step.
      host.ip("route replace default via 10.2.0.9 dev eth2 metric 200");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.9 dev eth2");
      host.ip("route del default via 10.2.0.9 dev eth2");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "dev eth1");
      host.ip("addr del 10.2.0.2/24 dev eth2");
      await(sluice, "eth2", "IPv4", "no address");
      // The gateway first, in a table of somebody else.
      host.ip("route add default via 10.2.0.1 dev eth2 onlink table 777");
      host.ip("-6 route add default via fe80::2 dev eth2");
      host.ip("addr add 10.2.0.3/24 dev eth2");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.3", "via 10.2.0.1 dev eth2");
      host.ip("addr add 2001:db8:2::3/64 dev eth2");
      uplinks.awaitWay(sluice, AWAY_SIX, "2001:db8:2::3", "via fe80::2 dev eth2");
      assertTrue(
          uplinks.owned().stream().anyMatch(line -> line.contains("onlink")), "as it was made");
    }
  }

  @Test
  void tablesAndLinksMayHaveAnyNumber() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      host.ip("link add name big index 70000 type veth peer name small");
      host.ip("link set big up");
      host.ip("link set small up");
      host.ip("addr add 10.7.0.2/24 dev big");
      sluice.config(TWO, "{ \"links\": [\"eth2\"], \"table\": 1000000 }");
      sluice.config(
          POLICY + ".link~big",
          "{ \"links\": [\"big\"], \"table\": 4294967295, \"gateway4\": \"10.7.0.1\" }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2 table 1000000");
      uplinks.awaitWay(sluice, AWAY, "10.7.0.2", "via 10.7.0.1 dev big table 4294967295");
      await(sluice, "eth2", "IPv6", "in force");
      assertTrue(host.ip("route show table 1000000").contains("10.2.0.0/24 dev eth2"));
      assertTrue(host.ip("-6 route show table 1000000").contains("default via fe80::2"));
    }
  }

  @Test
  void whatIsTakenAwayIsPutBack() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      sluice.config(TWO, "{ \"links\": [\"eth*\"] }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      await(sluice, "eth1", "IPv6", "in force");
      Set<String> before = uplinks.owned();
      // Of each link and family two rules, a network and a default route.
      assertEquals(2 * 2 * 4, before.size(), before::toString);
      String table = Uplinks.shown(sluice, "eth2", "IPv4", "table");
      host.awaitGet(sluice, "/api/v1/openapi.json", "policy/changes");
      EventStream changes = new EventStream(sluice, host, "policy/changes", 0);
      sluice.awaitTrue("the stream of changes", () -> !changes.events().isEmpty());
      host.ip("rule del pref 22001 from 10.2.0.2");
      sluice.awaitTrue("the rule", () -> uplinks.owned().equals(before));
      host.ip("-6 rule del pref 22000 from 2001:db8:2::2");
      host.ip("-6 rule del pref 22001 from 2001:db8:2::2");
      host.ip("route flush table " + table);
      host.ip("-6 route flush table " + table);
      sluice.awaitTrue("all of it", () -> uplinks.owned().equals(before));
      for (int i = 0; i < 20; i++) {
        host.ip("rule del pref 22001 from 10.2.0.2 proto 92");
        sluice.awaitTrue("the rule again", () -> uplinks.owned().equals(before));
      }
      sluice.awaitTrue(
          "each loss to be told",
          () ->
              Namespace.items(sluice.command("policy:drift", "--json").json()).stream()
                      .filter(row -> Namespace.text(row, "state").equals("healed"))
                      .filter(row -> Namespace.text(row, "by").contains("pid "))
                      .count()
                  >= 27);
      assertTrue(metric(sluice, uplinks, "sluice_link_policy_heals_total") >= 27);
      uplinks.host.awaitGet(sluice, "/api/v1/policy/drift", "\"healed\"");
      sluice.awaitTrue(
          "each of them in the stream",
          () ->
              changes.events().stream()
                      .filter(event -> event.name().equals("change"))
                      .filter(event -> Namespace.text(event.data(), "healed").equals("true"))
                      .count()
                  >= 27);
      changes.close();
    }
  }

  @Test
  void aLinkThatGoesDownAndComesBackIsAsBefore() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      sluice.config(TWO, "{ \"links\": [\"eth2\"] }");
      sluice.config(POLICY + ".link~one", "{ \"links\": [\"eth1\"], \"gateway4\": \"10.1.0.1\" }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      uplinks.awaitWay(sluice, AWAY, "10.1.0.2", "via 10.1.0.1 dev eth1 table");
      await(sluice, "eth2", "IPv6", "in force");
      await(sluice, "eth1", "IPv6", "in force");
      Set<String> before = uplinks.owned();
      for (int i = 0; i < 3; i++) {
        host.ip("link set eth1 down");
        host.ip("link set eth2 down");
        await(sluice, "eth1", "IPv4", "link is down");
        host.ip("link set eth1 up");
        host.ip("link set eth2 up");
        host.ip("addr add 2001:db8:1::2/64 dev eth1 nodad");
        host.ip("addr add 2001:db8:2::2/64 dev eth2 nodad");
        uplinks.routed();
        sluice.awaitTrue("all of it", () -> uplinks.owned().equals(before));
      }
      // So fast that nobody sees it down; IPv4 routes go without a word.
      host.batch(List.of("link set eth1 down", "link set eth1 up"));
      uplinks.awaitWay(sluice, AWAY, "10.1.0.2", "via 10.1.0.1 dev eth1 table");
    }
  }

  @Test
  void aTableStaysWithItsLinkOverRenameAndSuddenDeath() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      host.ip("link set eth2 address 02:00:00:00:00:22");
      sluice.config(
          TWO,
          "{ \"links\": [\"02:00:00:00:00:22\", \"eth1\"], \"gateway4\": \"\", \"ipv6\": false }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      await(sluice, "eth2", "IPv4", "in force");
      String table = Uplinks.shown(sluice, "eth2", "IPv4", "table");
      assertNotEquals(table, Uplinks.shown(sluice, "eth1", "IPv4", "table"));
      rename(uplinks, "eth2", "wan");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev wan table " + table);
      sluice.awaitTrue(
          "the new name in the book",
          () ->
              Files.readString(sluice.home().resolve("var/link/tables"))
                  .contains(table + " 02:00:00:00:00:22 wan"));

      sluice.awaitCommitted();
      sluice.kill();
      Set<String> left = uplinks.owned();
      assertFalse(left.isEmpty(), "what died suddenly leaves everything behind");
      rename(uplinks, "wan", "world");
      host.ip("addr del 10.2.0.2/24 dev world");
      host.ip("addr add 10.2.0.3/24 dev world");
      host.ip("route add default via 10.2.0.1 dev world metric 200");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.3", "via 10.2.0.1 dev world table " + table);
      sluice.awaitTrue(
          "what is stale to go",
          () -> uplinks.owned().stream().noneMatch(line -> line.contains("10.2.0.2 ")));
      await(sluice, "world", "IPv4", "in force");
      // Two links, each two rules, a network and a default route: nothing is there twice.
      assertEquals(8, uplinks.owned().size(), uplinks.owned().toString());

      assertTrue(
          metric(sluice, uplinks, "sluice_link_policy_messages_total") < 8, "most was adopted");
      sluice.kill();
      Files.delete(sluice.configs().resolve(TWO + ".cfg.json"));
      sluice.launch();
      sluice.awaitTrue("orphans to go", () -> uplinks.owned().isEmpty());
    }
  }

  private static void rename(Uplinks uplinks, String from, String to) throws Exception {
    uplinks.host.ip("link set " + from + " down");
    uplinks.host.ip("link set " + from + " name " + to);
    uplinks.host.ip("link set " + to + " up");
    uplinks.host.ip("route add default via 10.2.0.1 dev " + to + " metric 200");
  }

  @Test
  void nothingIsLeftBehindAndNothingOfOthersIsTouched() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed().bridged();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      host.ip("rule add pref 21000 from 192.0.2.0/24 lookup 555 proto static");
      host.ip("rule add pref 22001 from 192.0.2.1 lookup 555");
      // The same as one of ours, but for the mark.
      host.ip("rule add pref 22000 from 10.2.0.2 lookup main suppress_prefixlength 0");
      host.ip("-6 rule add pref 22000 from 2001:db8:99::/48 lookup 555 proto 77");
      host.ip("route add 198.51.100.0/24 dev br0 table 20000 proto static");
      host.ip("route add default dev br0 table 20001 proto 77");
      String before = uplinks.settled().state();
      sluice.config(TWO, "{ \"links\": [\"eth*\"] }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      await(sluice, "eth1", "IPv6", "in force");
      assertTrue(
          Long.parseLong(Uplinks.shown(sluice, "eth1", "IPv4", "table")) > 20001,
          "a table that somebody uses is not taken");
      Set<String> made = uplinks.owned();
      assertTrue(sluice.stop());
      assertEquals(before, uplinks.state());

      sluice.config(POLICY, "{ \"onStop\": \"keep\" }");
      sluice.launch();
      sluice.awaitTrue("all of it", () -> uplinks.owned().equals(made));
      sluice.awaitCommitted();
      assertTrue(sluice.stop());
      assertEquals(made, uplinks.owned());
      sluice.launch();
      await(sluice, "eth2", "IPv6", "in force");
      assertEquals(0, metric(sluice, uplinks, "sluice_link_policy_messages_total"), "adopted");
      Files.delete(sluice.configs().resolve(TWO + ".cfg.json"));
      sluice.awaitTrue("the policy to go", () -> uplinks.owned().isEmpty());
      assertEquals(before, uplinks.state());
    }
  }

  @Test
  void fiveHundredAddressesTakeFewCalls() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        lines.add("addr add 10.2.1.%d/32 dev eth2".formatted(i + 1));
        lines.add("addr add 2001:db8:2::1:%x/128 dev eth2 nodad".formatted(i + 1));
      }
      uplinks.host.batch(lines);
      sluice.launch();
      sluice.awaitTrue(
          "the addresses", () -> sluice.command("link:addresses").out().contains("10.2.1.250/32"));
      assertEquals(Set.of(), uplinks.owned());
      sluice.config(TWO, "{ \"links\": [\"eth2\"] }");
      sluice.awaitTrue("all rules", () -> uplinks.host.ip("rule").contains("from 10.2.1.250 look"));
      await(sluice, "eth2", "IPv6", "in force");
      sluice.awaitTrue("all rules of both", () -> rules(uplinks) == 2 * 502);
      double sends = metric(sluice, uplinks, "sluice_link_policy_sends_total");
      assertTrue(sends <= 20, () -> sends + " calls");
      sluice.awaitTrue(
          "the gauge of rules", () -> metric(sluice, uplinks, "sluice_link_policy_rules") == 1004);
      // And while it runs.
      lines.replaceAll(line -> line.replace("10.2.1.", "10.2.2.").replace("::1:", "::2:"));
      uplinks.host.batch(lines);
      sluice.awaitTrue("all rules of all", () -> rules(uplinks) == 2 * 1002);
      lines.replaceAll(line -> line.replace("addr add", "addr del").replace(" nodad", ""));
      uplinks.host.batch(lines);
      sluice.awaitTrue("the others to go", () -> rules(uplinks) == 2 * 502);
      assertTrue(sluice.stop());
      assertEquals(0, rules(uplinks));
    }
  }

  private static long rules(Uplinks uplinks) throws Exception {
    return (uplinks.host.ip("-4 rule") + uplinks.host.ip("-6 rule"))
        .lines()
        .filter(line -> line.contains("proto 92"))
        .count();
  }

  @Test
  void aGatewayThatCannotBeIsToldAndHindersNothingElse() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      sluice.config(TWO, "{ \"links\": [\"eth2\"], \"gateway4\": \"198.51.100.1\" }");
      sluice.launch();
      await(sluice, "eth2", "IPv6", "in force");
      await(sluice, "eth2", "IPv4", "link eth2: add default via 198.51.100.1 dev eth2 table 20000");
      String state = Uplinks.shown(sluice, "eth2", "IPv4", "state");
      assertTrue(state.contains("ENETUNREACH \"Nexthop has invalid gateway\""), state);
      String remedy = Uplinks.shown(sluice, "eth2", "IPv4", "remedy");
      assertTrue(remedy.contains("is the gateway on the link?"), remedy);
      assertTrue(remedy.contains("link~two.cfg.json"), remedy);
      sluice.awaitTrue(
          "health to tell it",
          () -> uplinks.ask(sluice, "/health").contains("Nexthop has invalid gateway"));
      assertTrue(uplinks.host.ip("route show table 20000").contains("10.2.0.0/24"), "the rest is");
      assertTrue(uplinks.host.ip("rule").contains("from 10.2.0.2 lookup 20000"), "the rest is");
      assertTrue(metric(sluice, uplinks, "sluice_link_policy_failures_total") >= 1);
      // It becomes reachable, and nobody has to do anything.
      uplinks.host.ip("addr add 198.51.100.7/24 dev eth2");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 198.51.100.1 dev eth2");
      await(sluice, "eth2", "IPv4", "in force");
    }
  }

  @Test
  void conflictsAreToldWithWhatToDo() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      uplinks.host.ip("rule add pref 1000 from 10.1.0.0/24 lookup main proto static");
      sluice.config(TWO, "{ \"links\": [\"eth*\"], \"table\": 300 }");
      sluice.config(POLICY + ".link~a", "{ \"links\": [\"*2\"], \"table\": 301 }");
      sluice.launch();
      await(sluice, "eth2", "IPv4", "in force, but policies a and two both claim link eth2");
      await(sluice, "eth1", "IPv4", "in force, but rule 1000 from 10.1.0.0/24 lookup main");
      uplinks.host.ip("rule del pref 1000");
      await(sluice, "eth1", "IPv4", "in force");
      sluice.awaitTrue(
          "the conflict to be over",
          () -> Uplinks.shown(sluice, "eth1", "IPv4", "state").length() < 12);
      uplinks.host.ip("route add 192.0.2.0/24 dev eth1 table 300 proto static");
      await(
          sluice, "eth1", "IPv4", "in force, but table 300 of link eth1 has 1 routes of somebody");
      sluice.awaitTrue(
          "health to tell it",
          () -> uplinks.ask(sluice, "/health").contains("both claim link eth2"));

      sluice.config(POLICY + ".link~a", "{ \"links\": [\"*2\"], \"table\": 300 }");
      sluice.awaitTrue(
          "the same table to be refused",
          () ->
              sluice.command("config:status").out().contains("table 300 is that of policy a too"));
      sluice.config(POLICY + ".link~a", "{ \"links\": [\"*2\"], \"bypass\": [\"10.0.0.1/8\"] }");
      sluice.awaitTrue(
          "the network to be refused",
          () -> sluice.command("config:status").out().contains("did you mean 10.0.0.0/8?"));
    }
  }

  @Test
  void everythingThatCanBeAskedOfAPolicy() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      Namespace host = uplinks.host;
      Path names = sluice.home().resolve("rt_tables.d");
      host.ip("addr add 10.2.9.9/32 dev eth2");
      sluice.config(POLICY, "{ \"mode\": \"plan\", \"names\": \"%s\" }".formatted(names));
      sluice.config(
          TWO,
          """
          { "links": ["eth2"], "table": 4000, "priority": 500, "exclude": ["10.2.9.0/24"],
            "sources": ["10.99.0.0/16"], "bypass": ["203.0.113.0/24"], "onLink": false,
            "withoutGateway": "unreachable" }
          """);
      String before = uplinks.settled().state();
      sluice.launch();
      sluice.awaitTrue(
          "the plan",
          () ->
              sluice
                  .command("policy:plan")
                  .out()
                  .contains("pref 501 from 10.99.0.0/16 lookup 4000"));
      await(sluice, "eth2", "IPv4", "only planned");
      assertEquals(before, uplinks.state(), "a plan changes nothing");
      sluice.config(POLICY, "{ \"names\": \"%s\" }".formatted(names));
      await(sluice, "eth2", "IPv4", "in force");
      String rules = host.ip("rule");
      assertTrue(
          rules.contains("500:\tfrom 10.2.0.2 lookup main suppress_prefixlength 0 proto 92"),
          rules);
      assertTrue(rules.contains("501:\tfrom 10.99.0.0/16 lookup 4000 proto 92"), rules);
      assertFalse(rules.contains("10.2.9.9"), rules);
      String table = host.ip("route show table 4000");
      assertTrue(table.contains("throw 203.0.113.0/24 proto 92"), table);
      assertTrue(table.contains("default via 10.2.0.1 dev eth2 proto 92"), table);
      assertFalse(table.contains("10.2.0.0/24"), table);
      assertTrue(uplinks.way(AWAY, "10.2.0.2").contains("dev eth1"), "the bypass");
      assertTrue(uplinks.way("198.51.100.1", "10.2.0.2").contains("dev eth2"));
      assertTrue(Files.readString(names.resolve("sluice.conf")).contains("4000\tsluice-eth2\n"));
      host.ip("route del default via 10.2.0.1 dev eth2");
      host.ip("-6 route del default via fe80::2 dev eth2");
      uplinks.awaitWay(sluice, "198.51.100.1", "10.2.0.2", "No route to host");
      uplinks.awaitWay(sluice, "2001:db8:fff0::1", "2001:db8:2::2", "No route to host");

      sluice.config(TWO, "{ \"links\": [\"eth2\"], \"ipv4\": false, \"table\": 5000 }");
      sluice.awaitTrue("the new table", () -> host.ip("-6 rule").contains("lookup 5000"));
      sluice.awaitTrue(
          "the old to go",
          () ->
              !uplinks.state().matches("(?s).*(lookup|table) 4000\\b.*")
                  && !host.ip("-4 rule").contains("proto 92"));
      // The mark changes, and nothing with the old one stays.
      sluice.config(POLICY, "{ \"owner\": 93 }");
      sluice.awaitTrue("the new mark", () -> host.ip("-6 rule").contains("proto 93"));
      sluice.awaitTrue("the old one to go", () -> uplinks.owned().isEmpty());
      sluice.awaitTrue("the names to go", () -> !Files.exists(names.resolve("sluice.conf")));
      host.awaitGet(sluice, "/api/v1/policy", "\"eth2\"");
    }
  }

  @Test
  void withoutThePictureOrThePrivilegeNothingIsTouched() throws Exception {
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks)) {
      sluice.config("org.sluice.link.table", "{ \"withdrawAfter\": 0 }");
      sluice.config(TWO, "{ \"links\": [\"eth2\"] }");
      sluice.launch();
      uplinks.awaitWay(sluice, AWAY, "10.2.0.2", "via 10.2.0.1 dev eth2");
      await(sluice, "eth2", "IPv6", "in force");
      Set<String> made = uplinks.owned();
      sluice.awaitCommitted();
      BundleSwitch bundles = BundleSwitch.in(sluice);
      for (String bundle : List.of("org.sluice.link.kernel", "org.sluice.link.table")) {
        bundles.off(bundle);
        sluice.awaitTrue(
            "health to tell it",
            () -> uplinks.ask(sluice, "/health").contains("so nothing is changed"));
        assertEquals(made, uplinks.owned());
        bundles.on(bundle);
        await(sluice, "eth2", "IPv6", "in force");
      }
      uplinks.host.ip("addr add 10.2.0.4/24 dev eth2");
      uplinks.awaitWay(sluice, AWAY, "10.2.0.4", "via 10.2.0.1 dev eth2");
      bundles.off(POLICY);
      assertEquals(Set.of(), uplinks.owned());
      for (int i = 0; i < 3; i++) {
        bundles.on(POLICY);
        uplinks.awaitWay(sluice, AWAY, "10.2.0.4", "via 10.2.0.1 dev eth2");
        bundles.off(POLICY);
        assertEquals(Set.of(), uplinks.owned());
        assertEquals(List.of(), threads(sluice), "no thread is left behind");
      }
      bundles.on(POLICY);
      uplinks.awaitWay(sluice, AWAY, "10.2.0.4", "via 10.2.0.1 dev eth2");
      assertEquals(2, threads(sluice).size(), threads(sluice).toString());
      assertTrue(sluice.stop());
    }
    try (Uplinks uplinks = Uplinks.create().addressed().routed();
        SluiceProcess sluice = prepare(uplinks).under("setpriv", "--bounding-set", "-net_admin")) {
      sluice.config(TWO, "{ \"links\": [\"eth2\"] }");
      String before = uplinks.settled().state();
      sluice.launch();
      await(sluice, "eth2", "IPv4", "CAP_NET_ADMIN is missing");
      assertTrue(
          Uplinks.shown(sluice, "eth2", "IPv4", "remedy")
              .contains("AmbientCapabilities=CAP_NET_ADMIN"));
      assertTrue(sluice.command("policy:plan").out().contains("from 10.2.0.2 lookup 20000"));
      assertEquals(before, uplinks.state());
    }
  }

  private static List<String> threads(SluiceProcess sluice) {
    return Namespace.items(sluice.command("host:threads", "link.policy", "--json").json()).stream()
        .map(row -> Namespace.text(row, "role"))
        .toList();
  }
}
