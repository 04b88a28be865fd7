// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.link.api.Lease;

/** What the hook writes, by the hook as it is shipped. */
class HookRecordTest {
  private static final Path HOOK = Path.of("../../../runtime/package/dhclient-hook");
  private static final Instant AT = Instant.parse("2026-11-21T13:43:50.5Z");

  private static final Map<String, String> BOUND =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("reason", "BOUND"),
              Map.entry("interface", "eth1"),
              Map.entry("new_ip_address", "10.77.1.125"),
              Map.entry("new_subnet_mask", "255.255.255.0"),
              Map.entry("new_expiry", "1795268750"),
              Map.entry("new_dhcp_lease_time", "120"),
              Map.entry("new_dhcp_server_identifier", "10.77.1.1"),
              Map.entry("new_routers", "10.77.1.1 10.77.1.2"),
              Map.entry("new_domain_name", "rig.example"),
              Map.entry("new_domain_name_servers", "10.77.1.1 9.9.9.9"),
              Map.entry("new_domain_search", "rig.example. corp.example."),
              Map.entry("new_host_name", "vm"),
              Map.entry("new_interface_mtu", "1400"),
              Map.entry("new_ntp_servers", "10.77.1.1 10.77.1.9"),
              Map.entry("old_ip_address", "10.0.0.1")));

  private final Tally tally = new Tally();

  @TempDir Path folder;

  /** The files that the hook left behind when dhclient-script had these variables. */
  private List<Path> run(Map<String, String> variables) throws Exception {
    Path records = folder.resolve("records");
    Path hook = folder.resolve("hook");
    String text = Files.readString(HOOK);
    assertTrue(text.contains("folder=/run/sluice-dhclient\n"));
    Files.writeString(
        hook, text.replace("folder=/run/sluice-dhclient\n", "folder='" + records + "'\n"));
    // As dhclient-script reads it, which must go on unharmed: with -e and -u it would not.
    var builder =
        new ProcessBuilder(
            "sh",
            "-euc",
            ". \"$0\"; echo \"$? ${family-} ${folder-} ${value-}.\"",
            hook.toString());
    builder.environment().putAll(variables);
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals("0   .\n", out, "it leaves no trace in the script");
    if (!Files.exists(records)) {
      return List.of();
    }
    try (var files = Files.list(records)) {
      return files.sorted().toList();
    }
  }

  private HookRecord read(Map<String, String> variables) throws Exception {
    List<Path> files = run(variables);
    assertEquals(1, files.size(), files::toString);
    return HookRecord.read(Files.readAllBytes(files.getFirst()), AT, tally).orElseThrow();
  }

  private static Map<String, String> with(String... more) {
    Map<String, String> all = new TreeMap<>(BOUND);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  @Test
  void theHookAndTheLeaseFileTellTheSame() throws Exception {
    HookRecord record = read(BOUND);
    assertEquals(new Slot("eth1", false), record.slot());
    assertEquals(Stand.BOUND, record.stand());
    Grant grant = record.grant();
    assertNotNull(grant);
    String file =
        """
        lease {
          interface "eth1";
          fixed-address 10.77.1.125;
          option subnet-mask 255.255.255.0;
          option routers 10.77.1.1,10.77.1.2;
          option dhcp-lease-time 120;
          option domain-name-servers 10.77.1.1,9.9.9.9;
          option dhcp-server-identifier 10.77.1.1;
          option domain-search "rig.example.", "corp.example.";
          option interface-mtu 1400;
          option ntp-servers 10.77.1.1,10.77.1.9;
          option host-name "vm";
          option domain-name "rig.example";
          expire 6 2026/11/21 13:45:50;
        }
        """;
    Grant written =
        LeaseBlocks.read(file.getBytes(StandardCharsets.ISO_8859_1), tally).get(record.slot());
    assertNotNull(written);
    Lease lease = grant.lease(record.slot(), 3, AT);
    assertEquals(written.lease(record.slot(), 3, AT), lease);
    assertEquals(Instant.parse("2026-11-21T13:43:50Z"), lease.renewed());
    assertEquals(0, tally.malformed());
  }

  @Test
  void aLeaseOfIpv6IsUnderstood() throws Exception {
    HookRecord record =
        read(
            Map.of(
                "reason", "BOUND6",
                "interface", "eth1",
                "new_ip6_address", "fd77:1::127",
                "new_ip6_prefixlen", "64",
                "new_life_starts", "1795268710",
                "new_max_life", "120",
                "new_dhcp6_name_servers", "fd77:1::1",
                "new_dhcp6_domain_search", "six.example."));
    assertEquals(new Slot("eth1", true), record.slot());
    Grant grant = record.grant();
    assertNotNull(grant);
    Lease lease = grant.lease(record.slot(), 3, AT);
    assertEquals("[fd77:1::127/64]", lease.addresses().toString());
    assertEquals(Instant.ofEpochSecond(1795268830), lease.expires());
    assertEquals(List.of("six.example"), lease.domains());
    assertEquals("[fd77:1::1]", lease.nameServers().toString());
  }

  @Test
  void aDelegatedPrefixAndADeprecatedAddressAreUnderstood() throws Exception {
    Grant delegated =
        read(Map.of(
                "reason", "BOUND6",
                "interface", "eth1",
                "new_ip6_prefix", "2001:db8::/56",
                "new_life_starts", "1795268710",
                "new_max_life", "120"))
            .grant();
    assertNotNull(delegated);
    assertEquals(List.of(), delegated.addresses());
    Grant deprecated =
        read(Map.of(
                "reason", "DEPREF6",
                "interface", "eth1",
                "cur_ip6_address", "fd77:1::127",
                "cur_ip6_prefixlen", "128",
                "cur_life_starts", "1795268710",
                "cur_max_life", "120"))
            .grant();
    assertNotNull(deprecated);
    assertEquals("[fd77:1::127]", deprecated.addresses().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "PREINIT, INIT", "BOUND, BOUND", "RENEW, BOUND", "REBIND, BOUND", "REBOOT, BOUND",
    "TIMEOUT, BOUND", "EXPIRE, EXPIRED", "FAIL, FAILED", "RELEASE, RELEASED", "STOP, STOPPED",
    "PREINIT6, INIT", "RELEASE6, RELEASED", "EXPIRE6, EXPIRED", "STOP6, STOPPED"
  })
  void everyReasonLeadsSomewhere(String reason, Stand stand) throws Exception {
    HookRecord record = read(with("reason", reason));
    assertEquals(stand, record.stand());
    assertEquals(stand == Stand.BOUND, record.grant() != null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MEDIUM", "NBI", "ARPCHECK", "", "$(touch /tmp/x)"})
  void otherReasonsLeaveNothing(String reason) throws Exception {
    assertEquals(List.of(), run(with("reason", reason)));
  }

  @Test
  void valuesAreDataHoweverTheyLook() throws Exception {
    Path trap = folder.resolve("trap");
    String evil =
        "x\"; touch '" + trap + "'; $(touch " + trap + ") `touch " + trap + "`\n*\\012\\\"";
    HookRecord record =
        read(
            with(
                "new_tftp_server_name",
                evil,
                "new_domain_name",
                "$(touch " + trap + ")",
                "new_host_name",
                "a\nb=c",
                "new_routers",
                "10.77.1.1 ; touch " + trap));
    assertFalse(Files.exists(trap));
    Grant grant = record.grant();
    assertNotNull(grant);
    Lease lease = grant.lease(record.slot(), 1, AT);
    assertEquals(
        "x\"; touch '%1$s'; $(touch %1$s) `touch %1$s`\\x0a*\\x0a\"".formatted(trap),
        lease.options().get("tftp-server-name"));
    assertEquals(List.of("rig.example", "corp.example"), lease.domains());
    assertEquals("", lease.hostName());
    assertEquals("[10.77.1.1]", lease.gateways().toString());
    assertTrue(tally.malformed() > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$(id)", "a;b", "x*y", "-rf", "é0", "wan+1", "q'q", "t-1"})
  void namesOfLinksAreData(String name) throws Exception {
    List<Path> files = run(with("interface", name));
    assertEquals("4-" + name, String.valueOf(files.getFirst().getFileName()));
    assertEquals(
        new Slot(
            org.sluice.link.api.LinkName.printable(name.getBytes(StandardCharsets.UTF_8)), false),
        HookRecord.read(Files.readAllBytes(files.getFirst()), AT, tally).orElseThrow().slot());
  }

  /** The package writes its folder into the hook, which stays behind as configuration. */
  @Test
  void theHookOfARemovedPackageDoesNothing() throws Exception {
    String text = Files.readString(HOOK).replace("/run/sluice-dhclient", folder + "/records");
    assertTrue(text.contains("\n  installed=\n"), "the package looks for this line");
    for (Path installed : List.of(folder.resolve("none"), folder)) {
      Path hook =
          Files.writeString(
              folder.resolve("hook"),
              text.replace("\n  installed=\n", "\n  installed=" + installed + "\n"));
      var builder = new ProcessBuilder("sh", "-euc", ". \"$0\"", hook.toString());
      builder.environment().putAll(BOUND);
      assertEquals(0, builder.start().waitFor());
      assertEquals(installed.equals(folder), Files.exists(folder.resolve("records")));
    }
  }

  @Test
  void aNameThatIsAPathLeavesNothing() throws Exception {
    assertEquals(List.of(), run(with("interface", "../eth1")));
    assertEquals(List.of(), run(with("interface", "")));
  }

  /** The folder cannot be written: dhclient-script goes on as if nothing were. */
  @Test
  void theHookNeverFails() throws Exception {
    Files.writeString(folder.resolve("records"), "a file where a folder should be");
    Files.writeString(folder.resolve("hook"), Files.readString(HOOK));
    Path hook = folder.resolve("hook");
    Files.writeString(
        hook,
        Files.readString(HOOK)
            .replace("/run/sluice-dhclient", folder.resolve("records").toString()));
    var builder = new ProcessBuilder("sh", "-euc", ". \"$0\"; echo on", hook.toString());
    builder.environment().putAll(BOUND);
    Process process = builder.redirectErrorStream(true).start();
    assertEquals(
        "on\n", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(0, process.waitFor());
  }

  @Test
  void whatIsNoRecordIsCounted() {
    for (String bad :
        List.of(
            "",
            "\0\0\0",
            "reason",
            "reason=BOUND\0",
            "interface=eth1\0",
            "reason=X\0interface=e\0")) {
      assertTrue(
          HookRecord.read(bad.getBytes(StandardCharsets.ISO_8859_1), AT, tally).isEmpty(), bad);
    }
    assertEquals(6, tally.malformed());
    HookRecord bare =
        HookRecord.read(
                "reason=BOUND\0interface=eth1\0new_ip_address=x\0"
                    .getBytes(StandardCharsets.ISO_8859_1),
                AT,
                tally)
            .orElseThrow();
    assertNull(bare.grant());
    assertEquals(7, tally.malformed());
  }
}
