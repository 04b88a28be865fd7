// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** Set-ups of other products, made into configuration that the real product accepts. */
class MigrateTest {
  private static final Path SAMPLES = Path.of("src", "test", "resources", "migrate");
  private static final String SCRIPT =
      SluiceProcess.DIST.resolve("bin/sluice").toAbsolutePath().toString();

  @TempDir @Nullable Path folder;

  private Path folder() {
    if (folder == null) {
      throw new IllegalStateException("JUnit made no folder");
    }
    return folder;
  }

  /** As on a host: scripts are executable, whatever the sources were checked out as. */
  @BeforeEach
  void place() throws Exception {
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    List<Path> all;
    try (var tree = Files.walk(SAMPLES)) {
      all = tree.sorted().toList();
    }
    for (Path from : all) {
      Path file = folder().resolve("etc").resolve(SAMPLES.relativize(from));
      Files.copy(from, file, StandardCopyOption.REPLACE_EXISTING);
      boolean plain = file.toString().matches(".*(\\.yaml|\\.toml|plain)");
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(plain ? "rw-r--r--" : "rwxr-xr-x"));
    }
    Files.setPosixFilePermissions(
        etc("netevd/carrier.d/60-open"), PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private Path etc(String name) {
    return folder().resolve("etc").resolve(name);
  }

  private Path to() {
    return folder().resolve("home");
  }

  private Shell.Ended migrate(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT, "migrate"));
    command.addAll(List.of(words));
    return Shell.run(folder(), java.util.Map.of(), command.toArray(String[]::new));
  }

  private String migrated(String product) throws Exception {
    Shell.Ended ended = migrate(product, etc(product).toString(), "--to", to().toString());
    assertEquals(0, ended.exit(), ended.text());
    return ended.text();
  }

  private String config(String pid) throws Exception {
    return Files.readString(to().resolve("configs/" + pid + ".cfg.json"));
  }

  private static void assertLine(String text, String outcome, String... parts) {
    assertTrue(
        text.lines()
            .anyMatch(
                line ->
                    line.startsWith(outcome + " ")
                        && List.of(parts).stream().allMatch(line::contains)),
        () -> outcome + " " + List.of(parts) + " is not in\n" + text);
  }

  /**
   * The real product takes what was written, file by file. It has a network of its own: there are
   * policies and webhooks in these files.
   */
  private List<String> accepted(String... hooks) throws Exception {
    assumeTrue(Shell.root(), "only root can make a network");
    try (SluiceProcess sluice = SluiceProcess.prepare().under("unshare", "--net")) {
      Files.setPosixFilePermissions(sluice.home(), PosixFilePermissions.fromString("rwxr-xr-x"));
      Shell.Ended copied = Shell.run("cp", "-a", to() + "/.", sluice.home().toString());
      assertEquals(0, copied.exit(), copied.text());
      long files;
      try (var all = Files.list(to().resolve("configs"))) {
        files = all.count();
      }
      sluice.launch();
      sluice.awaitTrue(
          "every file to be in force",
          () -> {
            var status = sluice.command("config:status", "--json");
            return status.exit() == 0
                && text(status.out(), "current").equals("true")
                && status.out().split("\"in force\"", -1).length - 1 == files;
          });
      String status = sluice.command("config:status").out();
      assertFalse(status.contains("✗"), status);
      var list = sluice.command("hooks:list");
      assertEquals(0, list.exit(), list.toString());
      for (String hook : hooks) {
        assertTrue(
            list.out().lines().anyMatch(l -> l.startsWith(hook) && l.contains("yes")), list.out());
      }
      return list.out().lines().toList();
    }
  }

  private static String text(String json, String key) throws Exception {
    JsonValue value = JsonReader.read(json);
    return value instanceof JsonValue.Obj object ? String.valueOf(boolOf(object.get(key))) : "";
  }

  private static boolean boolOf(@Nullable JsonValue value) {
    return value instanceof JsonValue.Bool bool && bool.value();
  }

  @Test
  void netevdIsMadeOver() throws Exception {
    String report = migrated("netevd");
    String yaml = etc("netevd/netevd.yaml").toString();
    assertLine(report, "done", yaml + ":3 ", "system.log_level", "ops.log.cfg.json: level");
    assertLine(report, "look", yaml + ":7 ", "veth*");
    assertLine(report, "look", yaml + ":10 ", "debounce_ms");
    assertLine(report, "none", yaml + ":16 ", "use_dns");
    assertLine(report, "look", yaml + ":17 ", "--http 127.0.0.1:9191");
    assertLine(report, "look", yaml + ":23 ", "wg*");
    assertLine(report, "look", yaml + ":27 ", "coffee");
    assertLine(report, "none", yaml + ":28 ", "ebpf.enabled");
    assertLine(report, "none", yaml + ":29 ", "sytem: unknown key");
    assertLine(report, "look", "routable.d/10-dns:2 ", "DHCP_SUBNET_MASK");
    assertLine(report, "look", "routable.d/10-dns:3 ", "CAP_NET_ADMIN");
    assertLine(report, "look", "carrier.d/60-open ", "writable for everybody", "chmod go-w");
    assertLine(report, "look", "carrier.d/70-plain ", "not executable");
    assertLine(report, "look", "configured.d/50-told ", "never ran");
    assertLine(report, "none", "neigh.d/50-told ", "no event neigh");

    Path hook = to().resolve("hooks.d/routable.d/10-dns");
    assertArrayEquals(
        Files.readAllBytes(etc("netevd/routable.d/10-dns")), Files.readAllBytes(hook));
    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(hook)));
    assertFalse(Files.exists(to().resolve("hooks.d/carrier.d/60-open")));
    assertFalse(Files.exists(to().resolve("hooks.d/neigh.d")));
    String rule = config("org.sluice.link.hooks.hook~netevd");
    assertTrue(rule.contains("\"interfaces\": [\"eth0\",\"left\"]"), rule);
    assertTrue(config("org.sluice.ops.audit").contains("\"days\": 30"));

    List<String> hooks =
        accepted(
            "routable.d/10-dns", "carrier.d/50-told", "routes.d/50-told", "configured.d/50-told");
    assertTrue(
        hooks.stream()
            .anyMatch(
                line ->
                    line.contains("interface eth0|left")
                        && line.contains(
                            "interface != \"lo\" && (!(interface == \"wg0\" && event =="
                                + " \"routable\"))")),
        hooks.toString());
  }

  @Test
  void networkBrokerIsMadeOver() throws Exception {
    String report = migrated("network-broker");
    String toml = etc("network-broker/network-broker.toml").toString();
    assertLine(report, "done", toml + ":2 ", "System.LogLevel");
    assertLine(report, "none", toml + ":9 ", "Network.UseDNS");
    assertLine(report, "none", toml + ":11 ", "Network.Colour: unknown key");
    String policy = config("org.sluice.link.policy.link~network-broker");
    assertTrue(policy.contains("\"ipv6\": false"), policy);
    assertTrue(policy.contains("\"links\": [\"ens37\",\"eth1\"]"), policy);
    assertTrue(config("org.sluice.ops.log").contains("\"format\": \"json\""));
    String script = etc("network-broker/routable.d/10-lease").toRealPath().toString();
    List<String> hooks = accepted(script);
    assertTrue(
        hooks.stream()
            .anyMatch(line -> line.startsWith(script) && line.contains("interface ens33|ens37")),
        hooks.toString());
  }

  @Test
  void scriptsOfDispatchersStayWhereTheyAre() throws Exception {
    Path outside = Files.createDirectories(folder().resolve("outside")).resolve("60-note");
    Files.copy(etc("networkd-dispatcher/off.d/50-note"), outside);
    Files.createSymbolicLink(etc("networkd-dispatcher/off.d/60-note"), outside);
    String report = migrated("networkd-dispatcher");
    assertLine(report, "look", "off.d/60-note ", "is a link to " + outside.toRealPath());
    assertLine(report, "look", "routable.d/50-note:2 ", "ESSID");
    assertLine(report, "none", "degraded-carrier.d/50-note ", "no state degraded-carrier");
    accepted(
        etc("networkd-dispatcher/routable.d/50-note").toRealPath().toString(),
        etc("networkd-dispatcher/off.d/50-note").toRealPath().toString());

    Shell.Ended again =
        migrate("networkmanager", etc("networkmanager").toString(), "--to", to().toString());
    assertEquals(1, again.exit(), again.text());
    assertTrue(again.text().contains("is there already; nothing was written"), again.text());
    assertFalse(config("org.sluice.link.hooks").contains("networkmanager"));

    Shell.Ended forced =
        migrate("networkmanager", etc("networkmanager").toString(), "--force", "--to=" + to());
    assertEquals(0, forced.exit(), forced.text());
    assertLine(forced.text(), "look", "10-note:4 ", "vpn-up is never told");
    assertLine(forced.text(), "look", "10-note:4 ", "CONNECTION_UUID");
    assertLine(forced.text(), "none", "pre-up.d/20-before ");
    assertLine(forced.text(), "none", "no-wait.d/30-apart ");
    accepted(etc("networkmanager/10-note").toRealPath().toString());
  }

  @Test
  void withoutAWordAllThatIsOnThisHostIsMadeOver() throws Exception {
    assumeTrue(Shell.root(), "only root can put another /etc in place");
    Path layers = folder().resolve("layers");
    Path layer = Files.createDirectories(layers.resolve("etc"));
    Path library = Files.createDirectories(layers.resolve("lib/networkd-dispatcher/routable.d"));
    Path shadowed = library.resolve("50-note");
    Files.copy(etc("networkd-dispatcher/routable.d/50-note"), shadowed);
    Files.copy(shadowed, library.resolve("51-note"));
    Shell.run("chmod", "-R", "755", layers.toString());
    for (String product : List.of("netevd", "network-broker", "networkd-dispatcher")) {
      Shell.run("cp", "-a", etc(product).toString(), layer.toString());
    }
    Files.createDirectories(layer.resolve("NetworkManager"));
    Shell.run("cp", "-a", etc("networkmanager").toString(), layer + "/NetworkManager/dispatcher.d");
    Shell.Ended ended =
        Shell.run(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t overlay overlay -o lowerdir=\"$1/etc\":/etc /etc"
                + " && mount -t overlay overlay -o lowerdir=\"$1/lib\":/usr/lib /usr/lib"
                + " && cd \"$2\" && \"$3\" migrate",
            "sh",
            layers.toString(),
            folder().toString(),
            SCRIPT);
    assertEquals(0, ended.exit(), ended.text());
    Path configs = folder().resolve("migrated/configs");
    String hooks = Files.readString(configs.resolve("org.sluice.link.hooks.cfg.json"));
    for (String entry :
        List.of(
            "network-broker=/etc/network-broker",
            "networkd-dispatcher=/etc/networkd-dispatcher",
            "networkd-dispatcher=/usr/lib/networkd-dispatcher",
            "networkmanager=/etc/NetworkManager/dispatcher.d")) {
      assertTrue(hooks.contains("\"" + entry + "\""), hooks);
    }
    assertLine(
        ended.text(),
        "look",
        "/usr/lib/networkd-dispatcher/routable.d/50-note ",
        "did not run, because of the one of this name in /etc/networkd-dispatcher");
    assertEquals(1, ended.text().lines().filter(l -> l.contains("did not run, because")).count());
    // eth1 is in both files, and two policies for one link would be refused.
    assertLine(ended.text(), "look", "network-broker.toml:8 ", "eth1 is in the policy of netevd");
    String policy =
        Files.readString(configs.resolve("org.sluice.link.policy.link~network-broker.cfg.json"));
    assertTrue(policy.contains("\"links\": [\"ens37\"]"), policy);
  }

  @Test
  void whatIsWrongIsToldWithFileAndLine() throws Exception {
    Path yaml = etc("netevd/netevd.yaml");
    Files.writeString(yaml, "routing: {}\nsystem: [x\n");
    Shell.Ended broken = migrate("netevd", etc("netevd").toString(), "--to", to().toString());
    assertEquals(1, broken.exit(), broken.text());
    assertTrue(broken.text().contains(yaml + ":3: this is no YAML"), broken.text());
    assertFalse(Files.exists(to()));

    Files.writeString(yaml, "routing:\n  policy_rules: { a: b }\nhooks: { timeout_sec: soon }\n");
    Shell.Ended wrong = migrate("netevd", yaml.toString(), "--to", to().toString());
    assertEquals(0, wrong.exit(), wrong.text());
    assertLine(wrong.text(), "look", yaml + ":2 ", "routing.policy_rules: expected a list");
    assertLine(wrong.text(), "look", yaml + ":3 ", "expected a whole number, and found \"soon\"");
    assertTrue(wrong.text().contains("nothing to write"), wrong.text());

    Files.write(yaml, new byte[] {'a', ':', ' ', '1', '\n', 'b', ':', ' ', (byte) 0xe4, '\n'});
    Shell.Ended latin = migrate("netevd", yaml.toString(), "--to", to().toString());
    assertEquals(1, latin.exit(), latin.text());
    assertTrue(latin.text().contains(yaml + ":2: this is no text in UTF-8"), latin.text());

    assertEquals(2, migrate("netevt").exit());
    assertEquals(2, migrate("--quick").exit());
    assertEquals(1, migrate("netevd", folder().resolve("nowhere").toString()).exit());
    assertEquals(0, migrate("--help").exit());
  }

  @Test
  void aRunningHomeIsLeftAlone() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Shell.Ended ended =
          migrate("netevd", etc("netevd").toString(), "--force", "--to=" + sluice.home());
      assertEquals(1, ended.exit(), ended.text());
      assertTrue(ended.text().contains("the home of a process that runs"), ended.text());
      assertFalse(
          Files.exists(sluice.configs().resolve("org.sluice.link.hooks.hook~netevd.cfg.json")));
    }
  }
}
