// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.net.HookHome;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** Scripts written for other products run as they are. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HookCompatTest {

  /** A folder of another product beside the home: nobody else can write there. */
  private static Path folder(HookHome home, String style) throws Exception {
    Path folder = home.sluice().home().resolve("others").resolve(style);
    home.sluice()
        .config(
            "org.sluice.link.hooks",
            "{ \"compat\": [\"" + style + "=" + folder.toAbsolutePath() + "\"] }");
    return folder;
  }

  private static void life(HookHome home) throws Exception {
    home.namespace().ip("link set right up");
    home.namespace().ip("link set left up");
  }

  @Test
  void networkdDispatcher() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      Path folder = folder(home, "networkd-dispatcher");
      for (String state : List.of("off", "no-carrier", "carrier", "degraded", "routable")) {
        home.script(
            folder.resolve(state + ".d/50-note"),
            "[ \"$IFACE\" = left ] || exit 0\n"
                + home.note("states", "$STATE $OperationalState $AdministrativeState"));
      }
      home.script(
          folder.resolve("routable.d/60-dump"),
          "[ \"$IFACE\" = left ] || exit 0\n" + home.dump("routable"));
      home.launch();
      home.awaitLines("states", 1);
      life(home);
      home.sluice()
          .awaitTrue(
              "the link to be degraded, its IPv6 address being found to be free",
              () -> home.lines("states").contains("degraded degraded unmanaged"));
      home.namespace().ip("addr add 10.1.0.1/24 dev left");
      home.namespace().ip("addr add 2001:db8:1::1/64 dev left nodad");
      Map<String, String> environment = home.environment("routable");
      assertEquals("left", environment.get("IFACE"));
      assertEquals("routable", environment.get("STATE"));
      assertEquals("10.1.0.1", environment.get("IP_ADDRS"));
      assertTrue(environment.containsKey("IP6_ADDRS"), environment::toString);
      assertEquals("", environment.get("ESSID"));
      assertFalse(environment.containsKey("LINK"), environment::toString);
      JsonValue json = Namespace.json(String.valueOf(environment.get("json")));
      assertEquals("left", text(json, "InterfaceName"));
      assertEquals("routable (unmanaged)", text(json, "State"));
      home.namespace().ip("link set right down");
      home.sluice()
          .awaitTrue(
              "the loss of the carrier",
              () -> home.lines("states").getLast().equals("no-carrier no-carrier unmanaged"));
      home.namespace().ip("link set left down");
      home.sluice()
          .awaitTrue("the end", () -> home.lines("states").getLast().equals("off off unmanaged"));
      List<String> states = home.lines("states");
      for (int i = 1; i < states.size(); i++) {
        assertFalse(states.get(i).equals(states.get(i - 1)), states::toString);
      }
    }
  }

  @Test
  void networkManager() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      Path folder = folder(home, "networkmanager");
      // As such scripts are written: the action is the second argument.
      home.script(
          folder.resolve("90-route"),
          """
          [ "$DEVICE_IP_IFACE" = left ] || exit 0
          case "$2" in
            up) %s; ip route add 198.51.100.0/24 via "${IP4_ADDRESS_0#* }" dev "$1" || true ;;
            down) %s ;;
            *) %s ;;
          esac
          """
              .formatted(
                  home.note("actions", "$1 $2 $NM_DISPATCHER_ACTION"),
                  home.note("actions", "$1 $2"),
                  home.note("actions", "unexpected $2")));
      home.script(
          folder.resolve("95-dump"), "[ \"$1 $2\" = 'left up' ] || exit 0\n" + home.dump("up"));
      home.launch();
      home.namespace().ip("link set left up");
      home.namespace().ip("addr add 10.1.0.1/24 dev left");
      // The kernel tells of an address first and then of the route to its network.
      home.sluice()
          .awaitTrue(
              "the route to the network",
              () -> home.sluice().command("link:routes").out().contains("10.1.0.0/24"));
      home.namespace().ip("link set right up");
      Map<String, String> environment = home.environment("up");
      assertEquals("left", environment.get("DEVICE_IFACE"));
      assertEquals("1", environment.get("IP4_NUM_ADDRESSES"));
      assertEquals("10.1.0.1/24 0.0.0.0", environment.get("IP4_ADDRESS_0"));
      assertEquals("10.1.0.0/24 0.0.0.0 0", environment.get("IP4_ROUTE_0"));
      assertEquals("/", environment.get("PWD"));
      home.namespace().ip("link set right down");
      assertEquals(List.of("left up up", "left down"), home.awaitLines("actions", 2));
      assertEquals(
          "networkmanager",
          home.rows("hooks:list").stream()
              .filter(row -> text(row, "hook").endsWith("90-route"))
              .map(row -> text(row, "style"))
              .findFirst()
              .orElse("none"));
    }
  }

  @Test
  void networkBroker() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      Path folder = folder(home, "network-broker");
      home.script(
          folder.resolve("routable.d/10-note"),
          "[ $LINK = left ] || exit 0\n" + home.note("broker", "$LINKINDEX $OperationalState"));
      home.script(
          folder.resolve("routes.d/10-note"),
          "[ $LINK = left ] || exit 0\n" + home.note("broker", "routes $GATEWAY"));
      home.launch();
      life(home);
      home.namespace().ip("addr add 10.1.0.1/24 dev left");
      assertTrue(home.awaitLines("broker", 1).getFirst().matches("[0-9]+ routable"));
      home.namespace().ip("route add default via 10.1.0.9");
      assertEquals("routes 10.1.0.9", home.awaitLines("broker", 2).getLast());
    }
  }
}
