// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.ArrayList;
import java.util.List;
import org.sluice.dbus.Body;
import org.sluice.dbus.Bus;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.MethodCall;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.Signature;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.IpAddress;

/** systemd-resolved, asked and told of one link at a time. */
final class Resolved {
  static final String NAME = "org.freedesktop.resolve1";
  static final ObjectPath PATH = new ObjectPath("/org/freedesktop/resolve1");

  private static final String MANAGER = NAME + ".Manager";
  private static final String LINK = NAME + ".Link";
  private static final int INET = 2;
  private static final int INET6 = 10;

  private final Peer peer;

  Resolved(Bus bus) {
    peer =
        new Peer(
            bus,
            "systemd-resolved",
            "org.freedesktop.resolve1.set-dns-servers, .set-domains and .revert");
  }

  private static MethodCall method(String name) {
    return MethodCall.to(NAME, PATH, MANAGER, name);
  }

  /** What it was told of a link over the bus, by whomever, or has from networkd. */
  Servers read(int index, String link) throws Trouble, InterruptedException {
    String tried = "link " + link + ": ask for its name servers";
    ObjectPath path =
        peer.call(tried, method("GetLink").with(new DBusValue.I32(index)))
            .path(0)
            .orElse(ObjectPath.ROOT);
    VariantMap values = peer.await(tried, peer.bus().properties(NAME, path, LINK));
    List<IpAddress> addresses = new ArrayList<>();
    for (DBusValue row : values.list("DNS")) {
      Body fields = new Body(row.asList());
      byte[] bytes = fields.value(1).flatMap(DBusValue::asBytes).orElse(new byte[0]);
      if (bytes.length == 4 || bytes.length == 16) {
        addresses.add(IpAddress.of(bytes));
      }
    }
    List<Servers.Domain> domains = new ArrayList<>();
    for (DBusValue row : values.list("Domains")) {
      Body fields = new Body(row.asList());
      domains.add(
          new Servers.Domain(fields.text(0).orElse(""), fields.flag(1).orElse(Boolean.FALSE)));
    }
    return new Servers(addresses, domains);
  }

  void set(int index, String link, Servers servers) throws Trouble, InterruptedException {
    DBusValue addresses =
        new DBusValue.Array(
            new Signature("(iay)"),
            servers.addresses().stream()
                .<DBusValue>map(
                    a ->
                        new DBusValue.Struct(
                            new DBusValue.I32(a.six() ? INET6 : INET),
                            new DBusValue.Bytes(a.bytes())))
                .toList());
    DBusValue domains =
        new DBusValue.Array(
            new Signature("(sb)"),
            servers.domains().stream()
                .<DBusValue>map(
                    d ->
                        new DBusValue.Struct(
                            DBusValue.text(d.name()), DBusValue.flag(d.routeOnly())))
                .toList());
    var _ =
        peer.call(
            "link " + link + ": set name servers " + servers.addresses(),
            method("SetLinkDNS").with(new DBusValue.I32(index), addresses));
    var _ =
        peer.call(
            "link " + link + ": set domains " + servers.domains(),
            method("SetLinkDomains").with(new DBusValue.I32(index), domains));
  }

  void revert(int index, String link) throws Trouble, InterruptedException {
    var _ =
        peer.call(
            "link " + link + ": take its name servers back",
            method("RevertLink").with(new DBusValue.I32(index)));
  }
}
