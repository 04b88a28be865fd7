// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedHost;
import org.sluice.json.JsonValue;

/** What dhclient leased, handed over to the real systemd-resolved and systemd-hostnamed. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class NamesTest {
  private static final String PID = "org.sluice.link.names";
  private static final String LEASED = "10.77.1.1 9.9.9.9 rig.example corp.example";

  private static final String CONFIG =
      """
      { "links": ["eth*"], "hostNameLinks": ["eth1"], "backends": ["dhclient"], "interval": 1 }
      """;

  /** A host whose DHCP server names name servers, domains and the host. */
  private static ManagedHost host() throws Exception {
    ManagedHost host = ManagedHost.create("dhclient", "dnsmasq");
    try {
      host.run("find", "/etc/dhcp", "-path", "*-hooks.d/*", "-delete");
      host.write(
          "/etc/dhcp/dhclient-exit-hooks.d/sluice",
          Files.readString(SluiceProcess.DIST.resolve("lib/dhclient-hook")));
      host.dhcpServer("--dhcp-option-force=12,leased-name");
      host.ip("link set eth1 up");
      return host;
    } catch (Exception | Error e) {
      host.close();
      throw e;
    }
  }

  /** Its domains come one after the other, this one later than the picture. */
  private static void launch(ManagedHost host, SluiceProcess sluice) throws Exception {
    host.launch(sluice);
    sluice.awaitTrue("link:names", () -> sluice.command("link:names").exit() == 0);
  }

  private static void lease(ManagedHost host, SluiceProcess sluice) throws Exception {
    host.dhclient("-4");
    ManagedPicture picture = new ManagedPicture(host, sluice);
    picture.await("a lease", () -> picture.leased(false));
  }

  private static List<JsonValue> rows(SluiceProcess sluice) {
    SluiceProcess.Answer answer = sluice.command("link:names", "--json");
    assertEquals(0, answer.exit(), answer::toString);
    return items(answer.json());
  }

  private static String state(SluiceProcess sluice, String subject) {
    return rows(sluice).stream()
        .filter(row -> text(row, "subject").equals(subject))
        .map(row -> text(row, "state"))
        .findFirst()
        .orElse("");
  }

  private static void awaitForce(SluiceProcess sluice) throws Exception {
    for (String subject : List.of("name servers", "host name")) {
      sluice.awaitTrue(subject, () -> state(sluice, subject).equals("in force"));
    }
  }

  private static String health(SluiceProcess sluice) {
    return sluice.command("host:health", "--json").out();
  }

  private static void awaitTold(ManagedHost host, NameServices names, String told)
      throws Exception {
    host.await("resolved to know: " + told, () -> names.told().equals(told));
  }

  @Test
  void whatIsLeasedIsHandedOverKeptAndTakenBack() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      NameServices names = NameServices.start(host);
      launch(host, sluice);
      lease(host, sluice);
      assertEquals(List.of(), rows(sluice), "nothing, unless it is asked for");
      assertEquals("", names.told());

      names.hostnamed();
      sluice.config(PID, CONFIG);
      awaitTold(host, names, LEASED);
      host.await(
          "the host name",
          () -> {
            names.hostnamed();
            return names.hostName().equals("leased-name");
          });
      awaitForce(sluice);
      Path book = sluice.home().resolve("var/link/names");
      assertTrue(Files.exists(book));

      names.resolvectl("revert", "eth1");
      awaitTold(host, names, LEASED);
      names.restartWithoutMemory();
      awaitTold(host, names, LEASED);

      // Dies, and finds what it had handed over.
      sluice.awaitCommitted();
      sluice.kill();
      assertEquals(LEASED, names.told());
      launch(host, sluice);
      awaitForce(sluice);
      assertEquals(LEASED, names.told());

      names.hostnamed();
      assertTrue(sluice.stop());
      assertEquals("", names.told());
      assertEquals("managed-host", names.hostName());
      assertFalse(Files.exists(book));
    }
  }

  @Test
  void whatIsNotAskedForAnyMoreIsTakenBackAndWhatIsOfOthersIsLeft() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      NameServices names = NameServices.start(host);
      names.resolvectl("dns", "eth1", "192.0.2.1");
      launch(host, sluice);
      lease(host, sluice);
      sluice.config(PID, CONFIG.replace("[\"eth1\"]", "[]"));
      sluice.awaitTrue(
          "the conflict", () -> state(sluice, "name servers").contains("somebody else has told"));
      sluice.awaitTrue("health", () -> health(sluice).contains("resolvectl revert eth1"));
      assertEquals("192.0.2.1", names.told());
      assertEquals("managed-host", names.hostName());

      names.resolvectl("revert", "eth1");
      awaitTold(host, names, LEASED);
      sluice.config(
          PID, CONFIG.replace("[\"eth1\"]", "[]").replace("{", "{ \"domains\": \"route\","));
      awaitTold(host, names, "10.77.1.1 9.9.9.9 ~rig.example ~corp.example");
      sluice.config(PID, "{}");
      awaitTold(host, names, "");
      sluice.awaitTrue("nothing is left", () -> rows(sluice).isEmpty());

      // Somebody else took over while it was away: theirs stays.
      sluice.config(PID, CONFIG.replace("[\"eth1\"]", "[]"));
      awaitTold(host, names, LEASED);
      sluice.kill();
      names.resolvectl("dns", "eth1", "192.0.2.2");
      sluice.config(PID, "{}");
      launch(host, sluice);
      sluice.awaitTrue(
          "the book to be closed", () -> !Files.exists(sluice.home().resolve("var/link/names")));
      assertTrue(names.told().startsWith("192.0.2.2"), names.told());
    }
  }

  @Test
  void aRefusalIsToldWithARemedyAndItGoesOnWhenItIsAllowed() throws Exception {
    String file = "/etc/dbus-1/system.d/refuse.conf";
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.write(
          file,
          """
          <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
            "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
          <busconfig><policy context="mandatory">
            <deny send_destination="org.freedesktop.resolve1"
              send_interface="org.freedesktop.resolve1.Manager" send_member="SetLinkDNS"/>
          </policy></busconfig>
          """);
      NameServices names = NameServices.start(host);
      launch(host, sluice);
      lease(host, sluice);
      sluice.config(PID, CONFIG.replace("[\"eth1\"]", "[]"));
      sluice.awaitTrue(
          "the refusal",
          () ->
              state(sluice, "name servers")
                  .startsWith(
                      "link eth1: set name servers [10.77.1.1, 9.9.9.9]: systemd-resolved"));
      sluice.awaitTrue(
          "the remedy", () -> health(sluice).contains("org.freedesktop.resolve1.set-dns-servers"));
      assertEquals("", names.told());
      Files.delete(host.file(file));
      host.run(
          "busctl",
          "--system",
          "call",
          "org.freedesktop.DBus",
          "/org/freedesktop/DBus",
          "org.freedesktop.DBus",
          "ReloadConfig");
      awaitTold(host, names, LEASED);
      sluice.awaitTrue("it is told", () -> state(sluice, "name servers").equals("in force"));
    }
  }

  private static boolean managed(ManagedPicture picture) {
    String words = picture.words("networkd", "eth1");
    return !words.isEmpty() && !words.startsWith("UNMANAGED");
  }

  /** resolved has it from networkd, and the link is left alone though a backend is named for it. */
  @Test
  void aLinkOfNetworkdIsLeftToNetworkd() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      NameServices names = NameServices.start(host);
      host.networkd("[Network]\nDNS=192.0.2.53\nAddress=10.77.1.9/24\n");
      launch(host, sluice);
      awaitTold(host, names, "192.0.2.53");
      lease(host, sluice);
      ManagedPicture picture = new ManagedPicture(host, sluice);
      picture.await("networkd to tell of the link", () -> managed(picture));
      sluice.config(PID, CONFIG);
      sluice.awaitTrue(
          "the link to be left",
          () -> state(sluice, "").startsWith("systemd-networkd looks after it"));
      assertEquals("192.0.2.53", names.told());
      assertEquals("managed-host", names.hostName());
      assertFalse(Files.exists(sluice.home().resolve("var/link/names")));

      sluice.config(PID, "{ \"links\": [\"eth1\"], \"backends\": [\"networkd\"] }");
      sluice.awaitTrue(
          "the mistake",
          () ->
              sluice
                  .command("config:status")
                  .out()
                  .contains(
                      PID
                          + ".cfg.json:1:35: backends: systemd-networkd tells resolved and"
                          + " hostnamed by itself"));
    }
  }
}
