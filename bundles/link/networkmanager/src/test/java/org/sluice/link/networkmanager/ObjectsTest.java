// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.ObjectPath;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.Signature;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Management;
import org.sluice.link.api.Management.Reach;
import org.sluice.link.api.Management.Stage;

/** Objects as NetworkManager 1.42 has them, and what is made of them. */
class ObjectsTest {
  private static final String BASE = "/org/freedesktop/NetworkManager";
  private static final String DEVICE = BASE + "/Devices/2";
  private static final String DHCP = BASE + "/DHCP4Config/1";

  private final ServiceTally tally = new ServiceTally();
  private final Objects objects = new Objects();

  private static VariantMap map(Object... pairs) {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((String) pairs[i], (DBusValue) pairs[i + 1]);
    }
    return new VariantMap(values);
  }

  private static DBusValue text(String value) {
    return DBusValue.text(value);
  }

  private static DBusValue number(long value) {
    return new DBusValue.U32(value);
  }

  private static DBusValue path(String value) {
    return new ObjectPath(value);
  }

  private static DBusValue rows(VariantMap... rows) {
    return new DBusValue.Array(
        new Signature("a{sv}"),
        List.of(rows).stream().map(VariantMap::toValue).collect(Collectors.toList()));
  }

  @BeforeEach
  void fill() {
    objects.all(
        map(
            BASE,
            map(
                    Objects.HOST,
                    map(
                            "State", number(70),
                            "Connectivity", number(4),
                            "PrimaryConnection", path(BASE + "/ActiveConnection/1"))
                        .toValue())
                .toValue(),
            DEVICE,
            map(
                    Objects.DEVICE,
                    map(
                            "Interface", text("wan0"),
                            "IpInterface", text(""),
                            "State", number(100),
                            "DeviceType", number(1),
                            "Ip4Connectivity", number(4),
                            "ActiveConnection", path(BASE + "/ActiveConnection/1"),
                            "Ip4Config", path(BASE + "/IP4Config/2"),
                            "Ip6Config", path(BASE + "/IP6Config/2"),
                            "Dhcp4Config", path(DHCP),
                            "Dhcp6Config", path("/"))
                        .toValue(),
                    Objects.WIRED,
                    map("Carrier", DBusValue.flag(true)).toValue(),
                    Objects.DEVICE + ".Statistics",
                    map("RxBytes", number(7)).toValue())
                .toValue(),
            BASE + "/ActiveConnection/1",
            map(Objects.CONNECTION, map("Id", text("the line\u001b[2J")).toValue()).toValue(),
            BASE + "/IP4Config/2",
            map(
                    Objects.IP4,
                    map(
                            "AddressData",
                            rows(map("address", text("198.51.100.9"), "prefix", number(24))),
                            "NameserverData",
                            rows(map("address", text("192.0.2.53")), map("address", text("x"))),
                            "Searches",
                            DBusValue.texts(List.of("~lab.example", "example.net.")),
                            "Domains",
                            DBusValue.texts(List.of("example.net")))
                        .toValue())
                .toValue(),
            BASE + "/IP6Config/2",
            map(
                    Objects.IP6,
                    map(
                            "AddressData",
                            rows(map("address", text("fe80::1"), "prefix", number(64))),
                            "Nameservers",
                            new DBusValue.Array(
                                new Signature("ay"),
                                List.of(
                                    new DBusValue.Bytes(IpAddress.parse("2001:db8::53").bytes()),
                                    new DBusValue.Bytes(new byte[3]))))
                        .toValue())
                .toValue(),
            DHCP,
            map(Objects.DHCP4, map("Options", map().toValue()).toValue()).toValue()));
  }

  private Management management() {
    return (Management) new Device(objects, DEVICE).facts(7, tally).getFirst();
  }

  @Test
  void aDeviceIsWhatItsObjectsSay() {
    assertEquals("wan0", new Device(objects, DEVICE).link());
    assertEquals(
        new Management(
            7,
            "networkmanager",
            Stage.CONFIGURED,
            "activated",
            "full",
            Reach.ROUTABLE,
            Reach.LINK,
            "the\\x20line\\x1b[2J",
            List.of(IpAddress.parse("192.0.2.53"), IpAddress.parse("2001:db8::53")),
            List.of("lab.example", "example.net")),
        management());
    assertEquals(2, tally.malformedValues());
    Management host = Device.host(objects);
    assertEquals("connected-global", host.setup());
    assertEquals(Stage.CONFIGURED, host.stage());
  }

  @Test
  void aSignalChangesWhatItNames() {
    assertTrue(objects.changed(DEVICE, Objects.WIRED, map("Carrier", DBusValue.flag(false))));
    assertEquals("no-carrier", management().operational());
    assertEquals(Stage.CONFIGURED, management().stage());
    assertTrue(objects.changed(DEVICE, Objects.DEVICE, map("State", number(20))));
    assertFalse(objects.changed(DEVICE, Objects.DEVICE, map("State", number(20))));
    assertEquals(Stage.WAITING, management().stage());
    assertFalse(objects.changed(DEVICE, Objects.DEVICE + ".Statistics", map("RxBytes", number(8))));
    assertFalse(objects.changed(BASE + "/Devices/9", Objects.DEVICE, map("State", number(20))));
    assertEquals(List.of(DEVICE), objects.devices());
    objects.removed(BASE + "/IP4Config/2", List.of(Objects.IP4));
    assertEquals(Reach.OFF, management().ipv4());
    objects.removed(DEVICE, List.of(Objects.DEVICE, Objects.WIRED));
    assertEquals(List.of(), objects.devices());
  }

  @Test
  void aDeviceThatIsNoneIsNotTold() {
    assertTrue(new Device(objects, DEVICE).tellable());
    objects.changed(DEVICE, Objects.DEVICE, map("Real", DBusValue.flag(false)));
    assertFalse(new Device(objects, DEVICE).tellable());
    objects.changed(
        DEVICE, Objects.DEVICE, map("Real", DBusValue.flag(true), "DeviceType", number(32)));
    assertFalse(new Device(objects, DEVICE).tellable(), "the loopback device");
  }

  @Test
  void aLeaseComesWithItsOptions() {
    assertEquals(1, new Device(objects, DEVICE).facts(7, tally).size(), "no options, no lease");
    objects.changed(
        DHCP,
        Objects.DHCP4,
        map(
            "Options",
            map(
                    "ip_address", text("198.51.100.9"),
                    "subnet_mask", text("255.255.255.0"),
                    "routers", text("198.51.100.1 198.51.100.2"),
                    "domain_name_servers", text("192.0.2.53 nonsense"),
                    "domain_name", text("example.net"),
                    "domain_search", text("example.net lab.example"),
                    "host_name", text("box"),
                    "interface_mtu", text("1400"),
                    "dhcp_server_identifier", text("198.51.100.1"),
                    "dhcp_lease_time", text("120"),
                    "expiry", text("1795225361"),
                    "requested_wpad", text("1"),
                    "wpad", text("$(id)\u0007"))
                .toValue()));
    List<Fact> facts = new Device(objects, DEVICE).facts(7, tally);
    Lease lease = (Lease) facts.getLast();
    assertEquals("198.51.100.9/24", lease.addresses().getFirst().toString());
    assertEquals(2, lease.gateways().size());
    assertEquals(List.of(IpAddress.parse("192.0.2.53")), lease.nameServers());
    assertEquals(List.of("example.net", "lab.example"), lease.domains());
    assertEquals(1400, lease.mtu());
    assertEquals("box", lease.hostName());
    assertEquals("2026-11-21T01:42:41Z", String.valueOf(lease.expires()));
    assertEquals("2026-11-21T01:40:41Z", String.valueOf(lease.renewed()));
    assertEquals(
        Map.of("dhcp_lease_time", "120", "wpad", "$(id)\\x07"), Map.copyOf(lease.options()));
  }

  @Test
  void optionsThatMakeNoSenseGrantNothing() {
    for (VariantMap options :
        List.of(
            map("ip_address", text("198.51.100.9")),
            map("ip_address", text("2001:db8::1"), "subnet_mask", text("255.255.255.0")),
            map("ip_address", text("198.51.100.9"), "subnet_mask", text("255.0.255.0")),
            map("ip_address", number(7), "subnet_mask", text("255.255.255.0")),
            map("ip_address", text("a.example"), "subnet_mask", text("255.255.255.0")))) {
      assertEquals(null, new DhcpOptions(options).lease(7, false, tally));
    }
    assertEquals(5, tally.malformedValues());
    Lease odd =
        new DhcpOptions(
                map(
                    "ip_address", text("198.51.100.9"),
                    "subnet_mask", text("0.0.0.0"),
                    "expiry", text("99999999999999999999"),
                    "interface_mtu", text("-7"),
                    "dhcp_lease_time", text("ever")))
            .lease(7, false, tally);
    assertTrue(odd != null && odd.expires() == null && odd.renewed() == null && odd.mtu() == 0);
  }

  @Test
  void aLeaseOfTheSixthVersion() {
    Lease lease =
        new DhcpOptions(
                map(
                    "ip6_address", text("2001:db8::9"),
                    "dhcp6_name_servers", text("2001:db8::53"),
                    "dhcp6_domain_search", text("six.example.")))
            .lease(7, true, tally);
    assertTrue(lease != null && lease.six());
    assertEquals("2001:db8::9/128", lease.addresses().getFirst().toString());
    assertEquals(List.of("six.example"), lease.domains());
    assertEquals(
        null, new DhcpOptions(map("dhcp6_name_servers", text("::1"))).lease(7, true, tally));
  }
}
