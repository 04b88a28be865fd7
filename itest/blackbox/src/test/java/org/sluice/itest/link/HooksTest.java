// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.link.Namespace.text;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.json.JsonValue;

/** Hooks as their users see them, run by the product for what really happens to links. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HooksTest {

  @Test
  void runsInOrderWithAllThereIsToKnow() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook("address-added.d/20-second", home.note("order", "second $LINK $SLUICE_SUBJECT"));
      home.hook("address-added.d/10-first", home.note("order", "first $LINK $SLUICE_SUBJECT"));
      home.hook("address-added.d/30-dump", "[ $LINK = left ] || exit 0\n" + home.dump("added"));
      home.hook("any.d/all", home.note("any", "$SLUICE_EVENT $LINK"));
      home.hook("routable.d/state", home.note("state", "$STATE $LINK $SLUICE_STATE"));
      home.launch();
      home.namespace().ip("link set right up");
      home.namespace().ip("link set left up");
      home.namespace().ip("addr add 10.1.0.1/24 dev left");
      home.namespace().ip("route add default via 10.1.0.9");

      Map<String, String> environment = home.environment("added");
      assertEquals("left", environment.get("LINK"));
      assertEquals("address-added", environment.get("EVENT"));
      assertEquals("address-added", environment.get("STATE"));
      assertEquals("netlink", environment.get("BACKEND"));
      assertEquals("1500", environment.get("MTU"));
      assertEquals(
          "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", environment.get("PATH"));
      assertEquals("0", environment.get("SLUICE_INITIAL"));
      assertEquals("0", environment.get("SLUICE_SUPPRESSED"));
      assertFalse(environment.containsKey("JAVA_HOME"), environment::toString);
      String json = home.input("added");
      assertEquals(environment.get("JSON"), json);
      JsonValue told = Namespace.json(json);
      assertEquals("address-added", text(told, "event"));
      assertEquals("left", text(told, "link"));
      assertEquals(environment.get("SLUICE_NUMBER"), text(told, "number"));
      assertEquals(environment.get("LINKINDEX"), text(told, "index"));
      assertTrue(json.contains(environment.get("SLUICE_SUBJECT")), json);

      List<String> order =
          home.awaitLines("order", 2).stream().filter(l -> l.contains("10.1.0.1/24")).toList();
      home.sluice()
          .awaitTrue(
              "both hooks for the IPv4 address",
              () ->
                  home.lines("order").stream()
                      .filter(l -> l.contains("10.1.0.1/24"))
                      .toList()
                      .equals(List.of("first left 10.1.0.1/24", "second left 10.1.0.1/24")));
      assertTrue(order.isEmpty() || order.getFirst().startsWith("first"), order::toString);
      home.sluice()
          .awaitTrue("the state", () -> home.lines("state").contains("routable left routable"));
      home.sluice()
          .awaitTrue(
              "all events",
              () ->
                  home.lines("any")
                      .containsAll(List.of("link-up left", "default-route-added left")));
      // The number is that of the event in the table.
      String number = environment.get("SLUICE_NUMBER");
      assertTrue(
          home.sluice().command("link:events", "--json").out().contains("\"number\": " + number)
              || home.sluice().command("link:events", "--json").out().contains(":" + number + ","),
          number);
      assertTrue(home.log("any.d/all", "outcome").contains("ok"));
    }
  }

  @Test
  void whatIsRunHasNoRightsAndNothingOfTheProcess() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook(
          "link-up.d/rights",
          "[ $LINK = left ] || exit 0\n"
              + "{ grep -E '^(Cap|NoNew|Uid)' /proc/self/status; ls -l /proc/self/fd; } > "
              + home.notes().resolve("rights.tmp")
              + "; mv "
              + home.notes().resolve("rights.tmp")
              + " "
              + home.notes().resolve("rights"));
      home.launch();
      home.namespace().ip("link set left up");
      List<String> lines = home.awaitLines("rights", 7);
      assertTrue(lines.contains("CapEff:\t0000000000000000"), lines::toString);
      assertTrue(lines.contains("CapPrm:\t0000000000000000"), lines::toString);
      assertTrue(lines.contains("CapBnd:\t0000000000000000"), lines::toString);
      assertTrue(lines.contains("CapAmb:\t0000000000000000"), lines::toString);
      assertTrue(lines.contains("NoNewPrivs:\t1"), lines::toString);
      assertTrue(lines.stream().noneMatch(l -> l.contains("socket:")), lines::toString);
      // The process keeps its own.
      String status =
          java.nio.file.Files.readString(
              java.nio.file.Path.of("/proc/" + home.sluice().process().pid() + "/status"));
      assertFalse(status.contains("CapEff:\t0000000000000000"), status);
    }
  }
}
