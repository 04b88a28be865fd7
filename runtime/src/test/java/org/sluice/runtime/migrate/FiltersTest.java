// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters of netevd, of which the first that matches decides, as one condition. */
class FiltersTest {
  private final Report report = new Report();

  private String condition(Path folder, String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("netevd.yaml"), "filters:\n" + yaml);
    Section root = new Section(file, "", YamlReader.read(file), report);
    Targets targets = new Targets(Product.NETEVD, file, new Output(), report);
    return new Filters(targets, "dhclient").condition(root.sections("filters"));
  }

  private static String filter(String action, String rule) {
    return "  - match_rule: { " + rule + " }\n    action: " + action + "\n";
  }

  @Test
  void whatIsIgnoredIsNegated(@TempDir Path folder) throws Exception {
    assertEquals(
        "!(interface == \"wg0\" && event == \"routable\")",
        condition(folder, filter("ignore", "interface: wg0, event_type: routable")));
    assertEquals(0, report.count(Outcome.LOOK));
  }

  @Test
  void theFirstThatMatchesDecides(@TempDir Path folder) throws Exception {
    assertEquals(
        "((has_gateway && dns_count > 0)) || (!(interface == \"eth0\"))",
        condition(
            folder,
            filter("execute", "condition: \"has_gateway && dns_count > 0\"")
                + filter("log", "interface: eth1")
                + filter("ignore", "interface: eth0")));
  }

  @Test
  void whatRunsAnywayNeedsNoCondition(@TempDir Path folder) throws Exception {
    assertEquals("", condition(folder, filter("execute", "interface: a") + filter("execute", "")));
    assertEquals("", condition(folder, filter("execute", "") + filter("ignore", "interface: a")));
  }

  @Test
  void everythingElseCanBeIgnored(@TempDir Path folder) throws Exception {
    assertEquals(
        "interface == \"a\"",
        condition(folder, filter("execute", "interface: a") + filter("ignore", "")));
    assertEquals("event == \"\"", condition(folder, filter("ignore", "")));
  }

  @Test
  void theOneBackendIsAlwaysTrueAndAnotherNever(@TempDir Path folder) throws Exception {
    assertEquals(
        "!(interface == \"a\")",
        condition(folder, filter("ignore", "interface: a, backend: dhclient")));
    assertEquals(
        "!(interface == \"a\" && event == \"\")",
        condition(folder, filter("ignore", "interface: a, backend: NetworkManager")));
  }

  @Test
  void whatCannotBeSaidIsToldAndNotGuessed(@TempDir Path folder) throws Exception {
    assertEquals(
        "",
        condition(
            folder,
            filter("ignore", "interface_pattern: \"veth*\"")
                + filter("ignore", "ip_family: ipv6")
                + filter("ignore", "interface: 'a\"b'")
                + filter("ignore", "condition: \"system(1)\"")
                + filter("drop", "interface: a")));
    assertEquals(5, report.count(Outcome.LOOK));
  }

  @Test
  void whatHooksWouldRefuseIsLeftOut(@TempDir Path folder) throws Exception {
    String many = filter("ignore", "interface: a");
    assertEquals("", condition(folder, many.repeat(41)));
    assertEquals(1, report.count(Outcome.LOOK));
    assertTrue(
        condition(folder, many.repeat(40)).endsWith("&& (!(interface == \"a\"))" + ")".repeat(38)));
    assertEquals(1, report.count(Outcome.LOOK));
    assertEquals(
        "", condition(folder, filter("ignore", "condition: 'dns_count > 99999999999999999999'")));
    assertEquals(2, report.count(Outcome.LOOK));
  }
}
