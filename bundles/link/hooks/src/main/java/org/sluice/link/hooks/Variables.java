// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sluice.json.JsonWriter;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Management;
import org.sluice.link.api.Route;

/**
 * The environment of a hook. Values that come from the kernel or from a server are printable text
 * and nothing else: no character in them ends a line or a string.
 */
final class Variables {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** The kernel takes 128 KiB for one variable, and for all of them a part of the stack. */
  private static final int LONGEST = 32 * 1024;

  private static final String TRUNCATED = "SLUICE_TRUNCATED";
  private static final String ANY_IPV4 = "0.0.0.0";

  private final SortedMap<String, String> all = new TreeMap<>();

  private Variables() {}

  /**
   * @param json what it reads from its standard input
   */
  static SortedMap<String, String> of(
      Style style, Occasion occasion, Circumstances now, Account account, String json) {
    Variables variables = new Variables();
    variables.common(occasion, now, account);
    switch (style) {
      case SLUICE -> variables.netevd(occasion, now, json);
      case NETWORK_BROKER -> variables.broker(occasion, now, json);
      case NETWORKD_DISPATCHER -> variables.networkdDispatcher(occasion, now);
      case NETWORKMANAGER -> variables.networkManager(occasion, now);
    }
    return variables.all;
  }

  private void common(Occasion occasion, Circumstances now, Account account) {
    put("PATH", PATH);
    put("LANG", "C.UTF-8");
    put("HOME", account.home());
    put("USER", account.name());
    put("LOGNAME", account.name());
    put("SHELL", "/bin/sh");
    put("SLUICE_EVENT", occasion.event());
    put("SLUICE_HAPPENING", occasion.word());
    put("SLUICE_NUMBER", Long.toString(occasion.number()));
    put("SLUICE_TIME", occasion.time().toString());
    put("SLUICE_SOURCE", occasion.source());
    put("SLUICE_SUBJECT", occasion.subject());
    put("SLUICE_STATE", now.state());
    put("SLUICE_INITIAL", occasion.initial() ? "1" : "0");
    put("SLUICE_SUPPRESSED", Long.toString(occasion.suppressed()));
    if (occasion.is(Occasion.Aspect.TEST)) {
      put("SLUICE_TEST", "1");
    }
  }

  private void netevd(Occasion occasion, Circumstances now, String json) {
    put("LINK", now.link().name());
    put("LINKINDEX", Integer.toString(now.link().index()));
    put("STATE", occasion.event());
    put("EVENT", occasion.event());
    put("BACKEND", EventNames.backend(occasion.source()));
    put("ADDRESSES", bare(now.farAddresses()));
    put("GATEWAY", now.gateway(false).or(() -> now.gateway(true)).map(Object::toString).orElse(""));
    put("DNS", String.join(" ", now.nameServers()));
    put("DOMAINS", String.join(" ", now.domains()));
    put("MTU", Integer.toString(now.link().mtu()));
    now.lease(false).ifPresent(this::lease);
    json("JSON", json);
  }

  private void lease(Lease lease) {
    put("DHCP_ADDRESS", bare(lease.addresses()));
    put("DHCP_GATEWAY", words(lease.gateways()));
    put("DHCP_DNS", words(lease.nameServers()));
    put("DHCP_DOMAIN", lease.domains().isEmpty() ? "" : lease.domains().getFirst());
    put("DHCP_HOSTNAME", lease.hostName());
  }

  private void broker(Occasion occasion, Circumstances now, String json) {
    netevd(occasion, now, json);
    put("OperationalState", now.state());
    put("AdministrativeState", setup(now));
    now.lease(false)
        .ifPresent(
            lease ->
                put(
                    "DHCP_LEASE",
                    "ADDRESS=%s ROUTER=%s DNS=%s DOMAIN=%s"
                        .formatted(
                            bare(lease.addresses()),
                            words(lease.gateways()),
                            words(lease.nameServers()),
                            lease.domains().isEmpty() ? "" : lease.domains().getFirst())));
  }

  private void networkdDispatcher(Occasion occasion, Circumstances now) {
    List<String> told =
        now.addresses().stream()
            .filter(address -> !address.address().loopback())
            .map(address -> address.address().toString())
            .toList();
    String state = occasion.state().isEmpty() ? now.state() : occasion.state();
    put("IFACE", now.link().name());
    put("STATE", occasion.event());
    put("OperationalState", state);
    put("AdministrativeState", setup(now));
    put("ADDR", told.isEmpty() ? "" : told.getFirst());
    put(
        "IP_ADDRS",
        bare(now.addresses(false).stream().filter(a -> !a.address().loopback()).toList()));
    put(
        "IP6_ADDRS",
        bare(now.addresses(true).stream().filter(OperationalState::reachesFar).toList()));
    put("ESSID", "");
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("Address", told);
    status.put("AdministrativeState", setup(now));
    status.put("DNS", now.nameServers());
    status.put("Gateway", now.gateways());
    status.put("HardwareAddress", now.link().mac());
    status.put("InterfaceName", now.link().name());
    status.put("OperationalState", state);
    status.put("State", state + " (" + setup(now) + ")");
    status.put("Type", dispatcherType(now));
    json("json", JsonWriter.write(status));
  }

  private static String dispatcherType(Circumstances now) {
    return now.link().type().equals("veth") ? "ether" : now.link().type();
  }

  private void networkManager(Occasion occasion, Circumstances now) {
    put("NM_DISPATCHER_ACTION", DispatcherAction.of(occasion));
    put("DEVICE_IFACE", now.link().name());
    put("DEVICE_IP_IFACE", now.link().name());
    put("CONNECTION_ID", profile(now));
    put("CONNECTION_EXTERNAL", now.managements().isEmpty() ? "1" : "0");
    for (boolean six : new boolean[] {false, true}) {
      String prefix = six ? "IP6_" : "IP4_";
      List<IpPrefix> addresses =
          now.addresses(six).stream().filter(a -> !a.address().loopback()).toList();
      String gateway = now.gateway(six).map(IpAddress::toString).orElse("");
      String none = six ? "::" : ANY_IPV4;
      int count = 0;
      for (IpPrefix address : addresses) {
        put(prefix + "ADDRESS_" + count++, address + " " + (gateway.isEmpty() ? none : gateway));
      }
      put(prefix + "NUM_ADDRESSES", Integer.toString(count));
      if (!gateway.isEmpty()) {
        put(prefix + "GATEWAY", gateway);
      }
      count = 0;
      for (Route route : now.routes()) {
        if (route.destination().address().six() == six && !route.isDefault()) {
          String hop =
              route.hops().stream()
                  .filter(h -> h.link() == now.link().index() && h.gateway() != null)
                  .map(h -> h.gateway() + "")
                  .findFirst()
                  .orElse(none);
          put(prefix + "ROUTE_" + count++, route.destination() + " " + hop + " " + route.metric());
        }
      }
      put(prefix + "NUM_ROUTES", Integer.toString(count));
      put(
          prefix + "NAMESERVERS",
          now.nameServers().stream()
              .filter(server -> server.contains(":") == six)
              .collect(Collectors.joining(" ")));
      put(prefix + "DOMAINS", String.join(" ", now.domains()));
    }
    for (Lease lease : now.leases()) {
      String prefix = lease.six() ? "DHCP6_" : "DHCP4_";
      lease.options().forEach((name, value) -> put(prefix + upperCased(name), value));
      if (!lease.six()) {
        put("DHCP4_IP_ADDRESS", bare(lease.addresses()));
        put("DHCP4_ROUTERS", words(lease.gateways()));
        put("DHCP4_DOMAIN_NAME_SERVERS", words(lease.nameServers()));
      }
    }
  }

  /** Names of options come from outside too. */
  private static String upperCased(String name) {
    return name.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
  }

  private static String profile(Circumstances now) {
    return now.managements().stream()
        .map(Management::profile)
        .filter(profile -> !profile.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String setup(Circumstances now) {
    return now.managements().stream().map(Management::setup).findFirst().orElse("unmanaged");
  }

  private static String bare(List<IpPrefix> addresses) {
    return addresses.stream()
        .map(address -> address.address().toString())
        .collect(Collectors.joining(" "));
  }

  private static String words(List<IpAddress> addresses) {
    return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(" "));
  }

  /** A half of it would be no JSON: then it is only on the standard input. */
  private void json(String name, String json) {
    if (json.length() <= LONGEST) {
      all.put(name, json);
    } else {
      truncated(name);
    }
  }

  private void put(String name, String value) {
    String text = Printable.of(value);
    if (text.length() > LONGEST) {
      int end = text.lastIndexOf(' ', LONGEST);
      text = text.substring(0, end > 0 ? end : LONGEST);
      truncated(name);
    }
    all.put(name, text);
  }

  private void truncated(String name) {
    all.merge(TRUNCATED, name, (before, more) -> before + " " + more);
  }
}
