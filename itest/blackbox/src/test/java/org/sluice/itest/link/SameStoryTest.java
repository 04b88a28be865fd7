// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedHost;

/**
 * Whoever manages the network, the same things happen in the same words: a link comes up and is
 * granted an address, its cable is pulled and plugged in again, and what was granted is given back.
 * Only what a manager says of itself ({@code manager-state}) is in its own words. Within a chapter
 * the kernel and the manager speak for themselves, so what each says keeps its order, and what both
 * say is compared as a whole.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SameStoryTest {
  private static final List<String> CONNECTED =
      List.of(
          "address-added ADDRESS",
          "carrier",
          "default-route-added 0.0.0.0/0 via 10.77.1.1",
          "lease-acquired ADDRESS",
          "link-up",
          "mtu-changed 1500",
          "ready",
          "ready-ipv4");

  private static final List<String> PULLED = List.of("no-carrier", "unready", "unready-ipv4");

  private static final List<String> PLUGGED = List.of("carrier", "ready", "ready-ipv4");

  private static final List<String> GIVEN_BACK =
      List.of(
          "address-removed ADDRESS",
          "default-route-removed 0.0.0.0/0 via 10.77.1.1",
          "lease-lost ADDRESS",
          "unready",
          "unready-ipv4");

  /** Who manages the network. */
  private interface Teller {
    void begin(ManagedHost host) throws Exception;

    void giveBack(ManagedHost host) throws Exception;
  }

  private static void tell(String manager, Teller teller, String... tools) throws Exception {
    try (ManagedHost host = ManagedHost.create(tools);
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.launch(sluice);
      ManagedPicture picture = new ManagedPicture(host, sluice);
      picture.await("the link", () -> picture.happenings().contains("link-added"));
      Story story = new Story(picture);

      teller.begin(host);
      story.chapter("connected", CONNECTED);
      List<String> first = story.last();
      for (String ready : List.of("ready-ipv4", "ready")) {
        for (String need : List.of("carrier", CONNECTED.getFirst(), CONNECTED.get(2))) {
          assertTrue(first.indexOf(need) < first.indexOf(ready), first::toString);
        }
      }
      picture.await(
          manager + " to be done", () -> picture.words(manager, "eth1").startsWith("CONFIGURED "));

      host.cable(false);
      story.chapter("the cable is pulled", PULLED);
      assertEquals("no-carrier", story.last().getFirst());

      host.cable(true);
      story.chapter("the cable is plugged in", PLUGGED);
      assertEquals("carrier", story.last().getFirst());

      teller.giveBack(host);
      story.chapter("what was granted is given back", GIVEN_BACK);
      assertEquals(List.of(), picture.leases());
      story.isWhole();
    }
  }

  /** What happened so far, chapter by chapter. */
  private static final class Story {
    private final ManagedPicture picture;
    private final int begin;
    private int end;
    private List<String> last = List.of();

    Story(ManagedPicture picture) {
      this.picture = picture;
      begin = told().size();
      end = begin;
    }

    /**
     * Without what is different by nature: the words of managers, when they renew, and IPv6, of
     * which each has what it likes. NetworkManager alone gives the MTU back as well.
     */
    private List<String> told() {
      return picture.happenings().stream()
          .filter(h -> !h.startsWith("manager-state") && !h.startsWith("lease-renewed"))
          .filter(h -> !h.contains(":") && !h.endsWith("ipv6"))
          .filter(h -> !h.equals("mtu-changed 1400"))
          .map(h -> h.replaceFirst("10\\.77\\.1\\.1[0-5]\\d/24", "ADDRESS"))
          .toList();
    }

    void chapter(String name, List<String> wanted) throws Exception {
      picture.await(
          name + ": " + wanted,
          () -> {
            List<String> all = told();
            last = all.subList(end, all.size());
            return last.stream().sorted().toList().equals(wanted);
          });
      end += last.size();
    }

    /** As it was told, in order. */
    List<String> last() {
      return last;
    }

    /** Nothing came late, and nothing twice. */
    void isWhole() {
      assertEquals(end, told().size(), () -> told().subList(end, told().size()).toString());
    }
  }

  @Test
  void byDhclient() throws Exception {
    tell(
        "dhclient",
        new Teller() {
          @Override
          public void begin(ManagedHost host) throws Exception {
            host.run("find", "/etc/dhcp", "-path", "*-hooks.d/*", "-delete");
            host.write(
                "/etc/dhcp/dhclient-exit-hooks.d/sluice",
                Files.readString(SluiceProcess.DIST.resolve("lib/dhclient-hook")));
            host.dhclient("-4");
          }

          @Override
          public void giveBack(ManagedHost host) throws Exception {
            host.run(
                "dhclient",
                "-4",
                "-r",
                "-pf",
                "/run/dhclient.eth1.pid",
                "-lf",
                "/var/lib/dhcp/dhclient.eth1.leases",
                "eth1");
          }
        },
        "dnsmasq",
        "busctl",
        "dhclient");
  }

  @Test
  void byNetworkd() throws Exception {
    tell(
        "networkd",
        new Teller() {
          @Override
          public void begin(ManagedHost host) throws Exception {
            host.networkd(network("DHCP=ipv4") + "[DHCPv4]\nUseMTU=yes\n");
          }

          private static String network(String first) {
            return "[Network]\n"
                + first
                + "\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nIgnoreCarrierLoss=60s\n";
          }

          @Override
          public void giveBack(ManagedHost host) throws Exception {
            host.write(
                "/run/systemd/network/10-eth1.network",
                "[Match]\nName=eth1\n" + network("DHCP=no"));
            host.run("networkctl", "reload");
          }
        },
        "dnsmasq",
        "busctl",
        "/lib/systemd/systemd-networkd");
  }

  @Test
  void byNetworkManager() throws Exception {
    tell(
        "networkmanager",
        new Teller() {
          @Override
          public void begin(ManagedHost host) throws Exception {
            // As patient with a cable as networkd is told to be.
            host.networkManager(Duration.ofSeconds(60));
            host.run(
                "nmcli",
                "connection",
                "add",
                "type",
                "ethernet",
                "ifname",
                "eth1",
                "con-name",
                "rig",
                "ipv6.method",
                "disabled");
          }

          @Override
          public void giveBack(ManagedHost host) throws Exception {
            host.run("nmcli", "device", "disconnect", "eth1");
          }
        },
        "dnsmasq",
        "busctl",
        "NetworkManager",
        "nmcli");
  }
}
