// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkName;
import org.sluice.link.api.Management;
import org.sluice.link.api.Management.Reach;

/**
 * What the objects say of one device.
 *
 * @param path of the device
 */
record Device(Objects objects, String path) {
  private static final int LOOPBACK = 32;

  private VariantMap own() {
    return objects.of(path, Objects.DEVICE);
  }

  /** The link that packets go by, or that they will go by; empty when it says none. */
  String link() {
    String ip = own().text("IpInterface").orElse("");
    return ip.isEmpty() ? own().text("Interface").orElse("") : ip;
  }

  /** Whether there is such a link, and NetworkManager has a say in it. */
  boolean tellable() {
    return own().flag("Real").orElse(true)
        && own().number("DeviceType").orElse(0) != LOOPBACK
        && !link().equals("lo");
  }

  private int state() {
    return (int) own().number("State").orElse(0);
  }

  /** Whether it has not yet come to a result. */
  boolean settling() {
    return switch (Words.deviceStage(state())) {
      case WAITING, CONFIGURING -> true;
      default -> false;
    };
  }

  List<Fact> facts(int link, ServiceTally tally) {
    List<Fact> facts = new ArrayList<>();
    facts.add(management(link, tally));
    Lease four =
        new DhcpOptions(objects.ofDevice(path, "Dhcp4Config", Objects.DHCP4).map("Options"))
            .lease(link, false, tally);
    if (four != null) {
      facts.add(four);
    }
    Lease six =
        new DhcpOptions(objects.ofDevice(path, "Dhcp6Config", Objects.DHCP6).map("Options"))
            .lease(link, true, tally);
    if (six != null) {
      facts.add(six);
    }
    return facts;
  }

  private Management management(int link, ServiceTally tally) {
    VariantMap four = objects.ofDevice(path, "Ip4Config", Objects.IP4);
    VariantMap six = objects.ofDevice(path, "Ip6Config", Objects.IP6);
    boolean managed = state() > 10;
    List<IpAddress> servers = new ArrayList<>();
    servers(four, servers, tally);
    servers(six, servers, tally);
    List<String> domains = new ArrayList<>();
    for (VariantMap config : List.of(four, six)) {
      for (String key : List.of("Searches", "Domains")) {
        Texts.bounded(config.texts(key)).forEach(name -> Texts.add(domains, Texts.domain(name)));
      }
    }
    return new Management(
        link,
        NetworkManagerSource.NAME,
        Words.deviceStage(state()),
        Words.device(state()),
        operational(),
        managed ? reach(four, tally) : Reach.UNKNOWN,
        managed ? reach(six, tally) : Reach.UNKNOWN,
        LinkName.shown(
            objects.ofDevice(path, "ActiveConnection", Objects.CONNECTION).text("Id").orElse("")),
        servers,
        domains);
  }

  /** It stays activated for seconds after the cable was pulled; what it saw of that comes first. */
  private String operational() {
    if (!objects.of(path, Objects.WIRED).flag("Carrier").orElse(true)) {
      return "no-carrier";
    }
    long four = own().number("Ip4Connectivity").orElse(0);
    long six = own().number("Ip6Connectivity").orElse(0);
    return Words.connectivity((int) Math.clamp(Math.max(four, six), 0L, 100L));
  }

  private static Reach reach(VariantMap config, ServiceTally tally) {
    Reach reach = Reach.OFF;
    for (DBusValue row : Texts.bounded(config.list("AddressData"))) {
      IpAddress address = Texts.address(row.asMap().text("address").orElse(""));
      if (address == null) {
        tally.malformed();
      } else if (!address.linkLocal()) {
        return Reach.ROUTABLE;
      } else {
        reach = Reach.LINK;
      }
    }
    return reach;
  }

  /** Told as texts in one key, and as bytes of IPv6 in another that all versions have. */
  private static void servers(VariantMap config, List<IpAddress> to, ServiceTally tally) {
    boolean texts = config.has("NameserverData");
    for (DBusValue row : Texts.bounded(config.list(texts ? "NameserverData" : "Nameservers"))) {
      IpAddress address = texts ? named(row) : raw(row);
      if (address == null) {
        tally.malformed();
      } else {
        Texts.add(to, address);
      }
    }
  }

  private static @Nullable IpAddress named(DBusValue row) {
    return Texts.address(row.asMap().text("address").orElse(""));
  }

  private static @Nullable IpAddress raw(DBusValue row) {
    byte[] bytes = row.asBytes().orElse(new byte[0]);
    return bytes.length == 16 ? IpAddress.of(bytes) : null;
  }

  /** Of the host as a whole. */
  static Management host(Objects objects) {
    VariantMap own = objects.of(Objects.ROOT, Objects.HOST);
    int state = (int) own.number("State").orElse(0);
    String connection = own.text("PrimaryConnection").orElse("/");
    return new Management(
        0,
        NetworkManagerSource.NAME,
        Words.hostStage(state),
        Words.host(state),
        Words.connectivity((int) own.number("Connectivity").orElse(0)),
        Reach.UNKNOWN,
        Reach.UNKNOWN,
        LinkName.shown(objects.of(connection, Objects.CONNECTION).text("Id").orElse("")),
        List.of(),
        List.of());
  }
}
