// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;

/** The throw-away host does what the other tests rely on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ManagedHostTest {

  private static void awaitAddress(ManagedHost host, String part) throws Exception {
    host.await("an address with " + part, () -> host.ip("-o addr show dev eth1").contains(part));
  }

  @Test
  void networkdConfiguresTheLink() throws Exception {
    try (ManagedHost host = ManagedHost.create("dnsmasq", "/lib/systemd/systemd-networkd")) {
      host.bus();
      host.dhcpServer();
      ManagedDaemon networkd = host.networkd("[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n");
      awaitAddress(host, "10.77.1.1");
      networkd.kill();
      assertFalse(networkd.alive());
      host.networkd("");
      host.await(
          "networkd to know the link again",
          () -> host.attempt("networkctl", "status", "eth1").out().contains("routable"));
    }
  }

  @Test
  void networkManagerConfiguresTheLink() throws Exception {
    try (ManagedHost host = ManagedHost.create("dnsmasq", "NetworkManager", "nmcli")) {
      host.bus();
      host.dhcpServer();
      host.networkManager();
      host.run(
          "nmcli", "connection", "add", "type", "ethernet", "ifname", "eth1", "con-name", "rig");
      awaitAddress(host, "10.77.1.1");
    }
  }

  @Test
  void dhclientConfiguresTheLinkInBothFamilies() throws Exception {
    try (ManagedHost host = ManagedHost.create("dnsmasq", "dhclient")) {
      host.dhcpServer(ManagedHost.six());
      host.ip("link set eth1 up");
      host.await("DAD", () -> host.ip("-o -6 addr show dev eth1 -tentative").contains("fe80:"));
      host.dhclient("-4");
      host.dhclient("-6");
      awaitAddress(host, "10.77.1.1");
      awaitAddress(host, "fd77:1::1");
      // The address is on the link before the lease is written down.
      host.await(
          "the lease in its file",
          () -> host.read("/var/lib/dhcp/dhclient.eth1.leases").contains("fixed-address"));
    }
  }

  @Test
  void theProductRunsThereAndEndsWithIt() throws Exception {
    try (ManagedHost host = ManagedHost.create();
        SluiceProcess sluice = host.prepare()) {
      host.launch(sluice);
      assertTrue(sluice.command("link:list").out().contains("eth1"));
      host.end();
      assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS), "it outlived its host");
      assertEquals(3, sluice.command("link:list").exit());
    }
  }
}
