// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;

/**
 * What should be, by index of the link.
 *
 * @param left names of links that were asked for and are left alone, and why
 */
record Wanted(Map<Integer, OfLink> links, Optional<HostName> hostName, Map<String, String> left) {
  /** resolved has from networkd what networkd knows. */
  static final String NETWORKD = "networkd";

  private static final int MOST = 32;

  /**
   * @param sources who told it
   */
  record OfLink(Link link, Servers servers, Set<String> sources) {}

  /**
   * @param source who told it
   */
  record HostName(String name, String link, String source) {}

  static Wanted nothing() {
    return new Wanted(Map.of(), Optional.empty(), Map.of());
  }

  /**
   * @param unsaid whether networkd has yet to say what it looks after
   */
  static Wanted of(LinkSnapshot picture, Settings settings, boolean unsaid) {
    Map<Integer, OfLink> links = new TreeMap<>();
    Map<String, String> left = new TreeMap<>();
    Optional<HostName> hostName = Optional.empty();
    for (Link link : picture.links()) {
      boolean hands = settings.hands(link.name());
      boolean names = settings.names(link.name());
      if (!hands && !names) {
        continue;
      }
      if (unsaid) {
        left.put(link.name(), "systemd-networkd may look after it, and has not said so yet");
        continue;
      }
      if (ofNetworkd(link, picture)) {
        left.put(
            link.name(),
            "systemd-networkd looks after it, and tells resolved and hostnamed by itself");
        continue;
      }
      if (hands) {
        OfLink wanted = ofLink(link, picture, settings);
        if (!wanted.servers().none()) {
          links.put(link.index(), wanted);
        }
      }
      if (names && hostName.isEmpty()) {
        hostName =
            picture.leases().stream()
                .filter(lease -> lease.link() == link.index())
                .filter(lease -> settings.backends().contains(lease.manager()))
                .flatMap(
                    lease ->
                        DomainName.host(lease.hostName()).stream()
                            .map(name -> new HostName(name, link.name(), lease.manager())))
                .findFirst();
      }
    }
    return new Wanted(links, hostName, left);
  }

  private static boolean ofNetworkd(Link link, LinkSnapshot picture) {
    return picture.managements().stream()
        .anyMatch(
            m ->
                m.link() == link.index()
                    && m.manager().equals(NETWORKD)
                    && m.stage() != Management.Stage.UNMANAGED);
  }

  private static OfLink ofLink(Link link, LinkSnapshot picture, Settings settings) {
    LinkedHashSet<IpAddress> servers = new LinkedHashSet<>();
    LinkedHashSet<String> domains = new LinkedHashSet<>();
    Set<String> sources = new TreeSet<>();
    for (Management management : picture.managements()) {
      if (management.link() == link.index()
          && settings.backends().contains(management.manager())
          && management.stage() != Management.Stage.UNMANAGED) {
        add(management.nameServers(), management.domains(), servers, domains);
        sources.add(management.manager());
      }
    }
    for (Lease lease : picture.leases()) {
      if (lease.link() == link.index() && settings.backends().contains(lease.manager())) {
        add(lease.nameServers(), lease.domains(), servers, domains);
        sources.add(lease.manager());
      }
    }
    List<Servers.Domain> told = new ArrayList<>();
    // Domains without a server would send questions nowhere.
    if (settings.domains() != Settings.Use.NONE && !servers.isEmpty()) {
      domains.stream()
          .limit(MOST)
          .forEach(d -> told.add(new Servers.Domain(d, settings.domains() == Settings.Use.ROUTE)));
    }
    return new OfLink(link, new Servers(servers.stream().limit(MOST).toList(), told), sources);
  }

  private static void add(
      List<IpAddress> from, List<String> names, Set<IpAddress> servers, Set<String> domains) {
    // resolved refuses what is no address of a host, and with it all the others.
    from.stream()
        .filter(a -> !a.multicast() && !a.loopback() && !a.equals(IpAddress.any(a.six())))
        .forEach(servers::add);
    names.forEach(name -> DomainName.domain(name).ifPresent(domains::add));
  }
}
