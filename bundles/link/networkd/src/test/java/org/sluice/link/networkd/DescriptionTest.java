// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.sluice.dbus.ServiceTally;
import org.sluice.json.JsonException;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Management.Reach;
import org.sluice.link.api.Management.Stage;

/** What {@code Describe} tells, as systemd 252 tells it, and as nobody should. */
class DescriptionTest {
  private static final String LINK =
      """
      {"Index":7,"Name":"wan0","Type":"ether","FlagsString":null,
       "AdministrativeState":"configured","OperationalState":"routable",
       "IPv4AddressState":"routable","IPv6AddressState":"degraded","OnlineState":null,
       "NetworkFile":"/etc/systemd/network/wan.network",
       "DNS":[{"Family":2,"Address":[192,0,2,53],"ConfigSource":"static"},
              {"Family":10,"Address":[32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,83],"ConfigSource":"DHCPv6"},
              {"Family":2,"Address":[192,0,2,53],"ConfigSource":"DHCPv4"}],
       "SearchDomains":[{"Domain":"example.net.","ConfigSource":"static"}],
       "RouteDomains":[{"Domain":"lab.example","ConfigSource":"static"}],
       "Addresses":[
         {"Family":2,"Address":[198,51,100,9],"PrefixLength":24,"ConfigSource":"DHCPv4",
          "ConfigProvider":[198,51,100,1],"ValidLifetimeUsec":25693828909},
         {"Family":10,"Address":[32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,9],"PrefixLength":128,
          "ConfigSource":"DHCPv6"},
         {"Family":2,"Address":[10,0,0,1],"PrefixLength":8,"ConfigSource":"foreign"}],
       "Novelty":{"of":["a","later","version"]}}
      """;

  private final ServiceTally tally = new ServiceTally();

  @Test
  void aLinkIsDescribed() throws Exception {
    Description said = requireNonNull(Description.ofLink(LINK, tally));

    assertEquals(7, said.index());
    assertEquals(new States("configured", "routable", "routable", "degraded", ""), said.states());
    assertEquals("/etc/systemd/network/wan.network", said.profile());
    assertEquals(
        List.of(IpAddress.parse("192.0.2.53"), IpAddress.parse("2001:db8::53")),
        Description.told(said.nameServers()));
    assertEquals(
        List.of(IpAddress.parse("2001:db8::53")),
        Description.toldBy(Description.SIX, said.nameServers()));
    assertEquals(List.of("example.net", "lab.example"), Description.told(said.domains()));
    assertEquals(
        List.of(
            new Description.Granted(
                IpPrefix.parse("198.51.100.9/24"),
                "DHCPv4",
                IpAddress.parse("198.51.100.1"),
                OptionalLong.of(25_693_828_909L)),
            new Description.Granted(
                IpPrefix.parse("2001:db8::9/128"), "DHCPv6", null, OptionalLong.empty())),
        said.granted());
    assertEquals(0, tally.malformedValues());
  }

  @Test
  void whatMakesNoSenseIsCountedAndLeftOut() throws Exception {
    Description said =
        requireNonNull(
            Description.ofLink(
                """
            {"Index":7,"AdministrativeState":"$(id)","OperationalState":7,
             "NetworkFile":"/etc/\\u001b[31m\\n",
             "DNS":[{"Address":[1,2,3]},{"Address":[1,2,3,256]},{"Address":"1.2.3.4"},{},7,
                    {"Address":[1,2,3,4.5]},{"Address":[9,9,9,9],"ConfigSource":null}],
             "SearchDomains":[{"Domain":""},{"Domain":"a;b\\u0007"}],
             "RouteDomains":"none",
             "Addresses":[{"ConfigSource":"DHCPv4","Address":[1,2,3,4],"PrefixLength":33},
                          {"ConfigSource":"DHCPv6","Address":[1,2,3,4],"PrefixLength":32},
                          {"ConfigSource":"DHCPv4","Address":[1,2,3,4],"PrefixLength":32,
                           "ValidLifetimeUsec":18446744073709551615}]}
            """,
                tally));

    assertEquals(States.NONE, said.states());
    assertEquals("/etc/\\x1b[31m\\x0a", said.profile());
    assertEquals(List.of(IpAddress.parse("9.9.9.9")), Description.told(said.nameServers()));
    assertEquals(List.of("a;b\\x07"), Description.told(said.domains()));
    assertEquals(1, said.granted().size());
    assertEquals(OptionalLong.empty(), said.granted().getFirst().until());
    assertEquals(1 + 6 + 1 + 2, tally.malformedValues());
  }

  @Test
  void aLinkWithoutAnIndexIsNone() throws Exception {
    for (String json : List.of("{}", "{\"Index\":0}", "{\"Index\":4294967296}", "[]", "7")) {
      assertNull(Description.ofLink(json, tally), json);
    }
    assertThrows(JsonException.class, () -> Description.ofLink("{\"Index\":1", tally));
    assertThrows(JsonException.class, () -> Description.ofLink("", tally));
  }

  @Test
  void allLinksAreDescribedAtOnce() throws Exception {
    assertEquals(
        List.of(1, 7),
        Description.ofManager(
                "{\"Interfaces\":[{\"Index\":1},{\"Name\":\"x\"}," + LINK + "]}", tally)
            .stream()
            .map(Description::index)
            .toList());
    assertEquals(List.of(), Description.ofManager("{}", tally));
  }

  @Test
  void itsWordsHaveAMeaningOfOurs() {
    assertEquals(Stage.CONFIGURED, setup("configured", "no-carrier").stage());
    assertEquals(Stage.CONFIGURING, setup("configuring", "degraded").stage());
    assertEquals(Stage.WAITING, setup("configuring", "no-carrier").stage());
    assertEquals(Stage.WAITING, setup("pending", "").stage());
    assertEquals(Stage.UNMANAGED, setup("unmanaged", "routable").stage());
    assertEquals(Stage.FAILED, setup("failed", "off").stage());
    assertEquals(Stage.LEAVING, setup("linger", "off").stage());
    assertEquals(Reach.OFF, States.reach("off"));
    assertEquals(Reach.LINK, States.reach("degraded"));
    assertEquals(Reach.ROUTABLE, States.reach("routable"));
    assertEquals(Reach.UNKNOWN, States.reach(""));
  }

  private static States setup(String setup, String operational) {
    return new States(setup, operational, "", "", "");
  }
}
