// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.text;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;

/**
 * A policy on a link that systemd-networkd looks after, which thinks that all rules are its own.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ManagedPolicyTest {
  private static final String NETWORKD = "org.sluice.link.networkd";
  private static final String POLICY = "org.sluice.link.policy.link~eth1";
  private static final String GOOD = "{ \"links\": [\"eth1\"], \"table\": 20000 }";

  private static ManagedHost host() throws Exception {
    return ManagedHost.create("dnsmasq", "busctl", "/lib/systemd/systemd-networkd");
  }

  /** Rules and routes of the policy, as the kernel has them. */
  private static Set<String> owned(ManagedHost host) throws Exception {
    Set<String> owned = new TreeSet<>();
    for (String what : List.of("-4 rule", "-6 rule", "-4 route", "-6 route")) {
      String shown = what.endsWith("rule") ? host.ip(what) : host.ip(what + " show table all");
      shown
          .lines()
          .filter(line -> line.contains("proto 92"))
          .map(line -> what + ": " + line.strip())
          .forEach(owned::add);
    }
    return owned;
  }

  private static ManagedPicture launch(ManagedHost host, SluiceProcess sluice) throws Exception {
    sluice.config(POLICY, GOOD);
    host.launch(sluice);
    ManagedPicture picture = new ManagedPicture(host, sluice);
    picture.await("the lease", () -> picture.leased(false));
    // Its routes come one after the other, and with them what the policy is to have.
    awaitNetworkd(picture);
    awaitForce(picture);
    picture.await(
        "nothing to be left to do",
        () -> sluice.command("policy:plan").out().strip().equals("none"));
    sluice.awaitCommitted();
    return picture;
  }

  private static void awaitNetworkd(ManagedPicture picture) throws Exception {
    picture.await(
        "networkd to be done",
        () -> picture.words("networkd", "eth1").startsWith("CONFIGURED configured routable"));
  }

  private static void awaitForce(ManagedPicture picture) throws Exception {
    picture.await(
        "the policy to be in force",
        () ->
            Uplinks.shown(picture.sluice(), "eth1", "IPv4", "state").equals("in force")
                && picture.host().ip("rule").contains("lookup 20000 proto 92"));
  }

  @Test
  void whatTheManagerTakesForForeignIsPutBack() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkd("[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n");
      ManagedPicture picture = launch(host, sluice);
      Set<String> made = owned(host);
      assertTrue(
          made.stream().anyMatch(line -> line.contains("default via 10.77.1.1")), made::toString);
      ManagedDaemon monitor = host.start("monitor", "ip", "-ts", "monitor", "rule");
      picture.await(
          "the monitor to listen",
          () -> {
            host.ip("rule add pref 31999 from 192.0.2.1 lookup 999");
            host.ip("rule del pref 31999");
            return monitor.log().contains("192.0.2.1");
          });
      for (int i = 1; i <= 3; i++) {
        int times = i;
        host.run("networkctl", "reconfigure", "eth1");
        picture.await("the theft", () -> thefts(monitor) >= times);
        picture.await("all of it", () -> owned(host).equals(made));
      }
      awaitForce(picture);
    }
  }

  private static long thefts(ManagedDaemon monitor) {
    return monitor
        .log()
        .lines()
        .filter(line -> line.contains("Deleted") && line.contains("from 10.77.1."))
        .filter(line -> line.contains("lookup 20000"))
        .count();
  }

  @Test
  void allThatCanComeAndGoDoesAndNothingIsLost() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      ManagedDaemon bus = host.bus();
      host.dhcpServer();
      ManagedDaemon networkd = host.networkd("[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n");
      ManagedPicture picture = launch(host, sluice);
      BundleSwitch bundles = BundleSwitch.in(sluice);
      Set<String> made = owned(host);
      try (Follower follower = new Follower(sluice, 0)) {
        for (int i = 0; i < 3; i++) {
          host.cable(false);
          bundles.off(NETWORKD);
          sluice.config(POLICY, "{ \"links\": [\"eth1\"], \"tabel\": 20000 }");
          host.cable(true);
          bundles.cycle("org.sluice.link.kernel", 1);
          bus.kill();
          bundles.on(NETWORKD);
          sluice.awaitTrue(
              "the refusal", () -> sluice.command("config:status").out().contains("tabel"));
          bus = host.bus();
          // It does not come back to a bus that was restarted by itself.
          networkd.kill();
          networkd = host.networkd("");
          host.cable(false);
          sluice.config(POLICY, GOOD);
          bundles.cycle("org.sluice.link.policy", 1);
          host.cable(true);
        }
        picture.await("networkd", () -> picture.condition("networkd").equals("LIVE"));
        awaitNetworkd(picture);
        picture.await("the lease", () -> picture.leased(false));
        awaitForce(picture);
        picture.await("all of the policy", () -> owned(host).equals(made));
        host.ip("link set eth1 mtu 1390");
        sluice.awaitTrue(
            "the last event",
            () -> follower.rows().stream().anyMatch(row -> row.toString().contains("1390")));
        assertEquals(List.of(), follower.gaps());
      }
      List<Long> numbers = numbers(sluice);
      assertEquals(numbers.stream().sorted().toList(), numbers);
      picture.await(
          "all addresses",
          () -> {
            String shown = sluice.command("link:show", "eth1").out();
            return addresses(host).stream().allMatch(shown::contains);
          });
      assertTrue(
          sluice.command("host:health").out().toLowerCase(Locale.ROOT).contains("ok"),
          () -> sluice.command("host:health").out());
    }
  }

  private static List<Long> numbers(SluiceProcess sluice) {
    return sluice
        .command("link:happenings", "--json")
        .out()
        .lines()
        .map(Namespace::json)
        .map(row -> Long.parseLong(text(row, "number")))
        .toList();
  }

  private static Set<String> addresses(ManagedHost host) throws Exception {
    return host.ip("-o addr show dev eth1")
        .lines()
        .map(line -> line.replaceFirst(".* inet6? (\\S+) .*", "$1"))
        .collect(Collectors.toSet());
  }
}
