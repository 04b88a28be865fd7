// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a command line of dhclient tells. */
class ClientTest {

  private static Optional<Client> client(String... words) {
    return Client.of(1, (String.join("\0", words) + "\0").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aCommandLineAsDebianHasIt() {
    Client client =
        client(
                "/sbin/dhclient",
                "-4",
                "-v",
                "-i",
                "-pf",
                "/run/dhclient.eth0.pid",
                "-lf",
                "/var/lib/dhcp/dhclient.eth0.leases",
                "-I",
                "-df",
                "/var/lib/dhcp/dhclient6.eth0.leases",
                "eth0")
            .orElseThrow();
    assertEquals(List.of("eth0"), client.links());
    assertEquals(Path.of("/var/lib/dhcp/dhclient.eth0.leases"), client.leaseFile());
    assertTrue(client.serves(new Slot("eth0", false)));
    assertFalse(client.serves(new Slot("eth0", true)));
    assertFalse(client.serves(new Slot("eth1", false)));
  }

  @Test
  void withoutNamesItLooksAfterAllLinks() {
    Client client = client("dhclient", "-6", "-cf", "/etc/my.conf").orElseThrow();
    assertTrue(client.serves(new Slot("anything", true)));
    assertEquals("/etc/my.conf", client.configuration());
  }

  @Test
  void thatOfNetworkManagerIsLeftToIt() {
    assertTrue(
        client("dhclient", "-sf", "/usr/lib/NetworkManager/nm-dhcp-helper", "eth0").isEmpty());
  }

  @Test
  void hostileCommandLinesAreHarmless() {
    assertEquals(Optional.empty(), client("dhclient", "-lf").map(Client::leaseFile));
    assertEquals(Optional.empty(), client("dhclient", "-lf", "../x").map(Client::leaseFile));
    assertEquals(List.of("$(id)", "\\x1b"), client("d", "$(id)", "\u001b").orElseThrow().links());
    assertEquals(List.of(), Client.of(1, new byte[0]).orElseThrow().links());
  }
}
