// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.net.HookHome;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** Hooks as their users see them, run by the product for what really happens to links. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HooksTest {
  private static final int NOBODY = 65534;

  @Test
  void runsInOrderWithAllThereIsToKnow() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook("address-added.d/20-second", home.note("order", "second $LINK $SLUICE_SUBJECT"));
      home.hook("address-added.d/10-first", home.note("order", "first $LINK $SLUICE_SUBJECT"));
      // The address that the kernel gives the link comes at some time, too.
      home.hook(
          "address-added.d/30-dump",
          "[ \"$LINK $SLUICE_SUBJECT\" = 'left 10.1.0.1/24' ] || exit 0\n" + home.dump("added"));
      home.hook("any.d/all", home.note("any", "$SLUICE_EVENT $LINK"));
      home.hook("routable.d/state", home.note("state", "$STATE $LINK $SLUICE_STATE"));
      home.launch();
      // What happens before the hooks began to listen would be so at the start.
      home.sluice().awaitTrue("the start", () -> home.lines("any").contains("link-added left"));
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
      home.sluice()
          .awaitTrue(
              "the acts",
              () -> {
                String acts = home.sluice().command("host:audit", "1000", "--json").out();
                return acts.lines().anyMatch(l -> l.contains("hook-run")) && acts.contains(number);
              });
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
          Files.readString(Path.of("/proc/" + home.sluice().process().pid() + "/status"));
      assertFalse(status.contains("CapEff:\t0000000000000000"), status);
    }
  }

  @Test
  void linksAreServedSideBySide() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      // Each waits for the other: one after the other they would never meet.
      home.hook(
          "link-up.d/meet",
          """
          cd %s
          [ $LINK = left ] && other=right || other=left
          [ $LINK = lo ] && exit 0
          touch here.$LINK
          for i in $(seq 300); do [ -e here.$other ] && { echo met $LINK >> met; exit 0; }; sleep 0.05; done
          exit 1
          """
              .formatted(home.notes()));
      home.launch();
      home.namespace().batch(List.of("link set left up", "link set right up"));
      assertEquals(
          List.of("met left", "met right"), home.awaitLines("met", 2).stream().sorted().toList());
    }
  }

  @Test
  void whatTakesTooLongIsEndedWithAllItStarted() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.sluice()
          .config(
              "org.sluice.link.hooks.hook~slow",
              "{ \"hooks\": [\"link-up.d/slow\"], \"timeout\": 5, \"interfaces\": [\"left\"] }");
      home.hook(
          "link-up.d/slow",
          "trap '' TERM\necho begun\n(trap '' TERM; sleep 1000) & echo $! > "
              + home.notes().resolve("pid")
              + "; sleep 1000");
      home.launch();
      home.namespace().ip("link set left up");
      long grandchild = Long.parseLong(home.awaitLines("pid", 1).getFirst());
      home.sluice()
          .awaitTrue(
              "the hook to be ended",
              () -> home.log("link-up.d/slow", "outcome").equals(List.of("timeout")));
      home.sluice().awaitTrue("its child to be ended", () -> gone(grandchild));
      assertEquals(List.of("begun"), home.log("link-up.d/slow", "output"));
      assertTrue(home.log("link-up.d/slow", "text").getFirst().contains("longer than 5 s"));
    }
  }

  private static boolean gone(long pid) {
    return ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true);
  }

  /** What happens after this is no part of what is so at the start. */
  private static void launchAndBegin(HookHome home) throws Exception {
    home.hook("link-added.d/begun", home.note("begun", "$LINK"));
    home.launch();
    home.sluice().awaitTrue("the start", () -> home.lines("begun").contains("left"));
  }

  private static List<String> flaps(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add("link set left up");
      all.add("link set left down");
    }
    all.add("link set left up");
    return all;
  }

  private static double metric(HookHome home, String name) throws Exception {
    return home.namespace()
        .get(home.sluice(), "/metrics")
        .lines()
        .filter(l -> l.startsWith(name + " "))
        .mapToDouble(l -> Double.parseDouble(l.substring(name.length() + 1)))
        .sum();
  }

  @Test
  void afterManyFlapsTheLastStateIsTold() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.sluice().config("org.sluice.link.hooks", "{ \"rate\": 0 }");
      home.hook(
          "link-up.d/note",
          "[ $LINK = left ] || exit 0\nsleep 0.2\n" + home.note("flaps", "up $SLUICE_NUMBER"));
      home.hook(
          "link-down.d/note",
          "[ $LINK = left ] || exit 0\nsleep 0.2\n" + home.note("flaps", "down $SLUICE_NUMBER"));
      launchAndBegin(home);
      home.namespace().batch(flaps(100));
      // Until this is known some of the flaps may not be.
      home.namespace().ip("link set left mtu 1400");
      home.sluice()
          .awaitTrue(
              "the last to be told",
              () -> {
                List<JsonValue> rows =
                    home.sluice()
                        .command("link:happenings", "--json")
                        .out()
                        .lines()
                        .map(Namespace::json)
                        .filter(row -> text(row, "link").equals("left"))
                        .toList();
                String last =
                    rows.stream()
                        .filter(row -> text(row, "happening").matches("link-(up|down)"))
                        .map(row -> text(row, "happening").substring(5) + " " + text(row, "number"))
                        .reduce("none", (_, later) -> later);
                return rows.stream().anyMatch(row -> text(row, "happening").equals("mtu-changed"))
                    && last.startsWith("up ")
                    && metric(home, "sluice_hooks_queued") == 0
                    && !home.lines("flaps").isEmpty()
                    && home.lines("flaps").getLast().equals(last);
              });
      List<String> lines = home.lines("flaps");
      assertTrue(metric(home, "sluice_hooks_superseded_total") > 0);
      assertTrue(lines.size() < 200, lines::toString);
      List<Long> numbers =
          lines.stream().map(l -> Long.parseLong(l.substring(l.indexOf(' ') + 1))).toList();
      assertEquals(numbers.stream().sorted().toList(), numbers, "in the order of the events");
    }
  }

  @Test
  void whatComesTooOftenIsToldOnceMoreWhenItMay() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.sluice().config("org.sluice.link.hooks", "{ \"rate\": 5 }");
      home.hook(
          "address-added.d/note",
          "[ $LINK = left ] || exit 0\n"
              + home.note("told", "$SLUICE_SUPPRESSED $SLUICE_SUBJECT $(echo $ADDRESSES | wc -w)"));
      home.launch();
      List<String> lines = new ArrayList<>();
      for (int i = 1; i <= 40; i++) {
        lines.add("addr add 10.1.0." + i + "/24 dev left");
      }
      home.namespace().batch(lines);
      // The sixth may come when another twelve seconds are over.
      List<String> told = home.awaitLines("told", 6);
      assertTrue(told.subList(0, 5).stream().allMatch(l -> l.startsWith("0 ")), told::toString);
      assertEquals("34 10.1.0.40/24 40", told.getLast());
      assertEquals(6, told.size(), told::toString);
      home.sluice()
          .awaitTrue("the count", () -> metric(home, "sluice_hooks_suppressed_total") == 34);
    }
  }

  @Test
  void namesAreDataWhateverTheyAre() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook("link-added.d/dump", home.dump("link$LINKINDEX"));
      home.script(
          home.notes().resolve("nm/10-args"),
          "printf '%s\\n' \"$1\" \"$2\" >> " + home.notes().resolve("args"));
      home.sluice()
          .config(
              "org.sluice.link.hooks",
              "{ \"compat\": [\"networkmanager=" + home.notes().resolve("nm") + "\"] }");
      Files.setPosixFilePermissions(home.notes(), PosixFilePermissions.fromString("rwxr-xr-x"));
      home.launch();
      List<String> names = List.of("$(id)", "a;b", "`id`", "x&y|z", "q'q\"q", "-rf", "*", "é0");
      int index = 100;
      for (String name : names) {
        home.namespace()
            .ip(
                new String[] {
                  "link",
                  "add",
                  "name",
                  name,
                  "index",
                  Integer.toString(index),
                  "type",
                  "veth",
                  "peer",
                  "name",
                  "peer" + index
                });
        home.namespace().ip(new String[] {"link", "set", "dev", name, "up"});
        home.namespace().ip(new String[] {"link", "set", "dev", "peer" + index, "up"});
        assertEquals(name, home.environment("link" + index).get("LINK"));
        assertEquals(name, text(Namespace.json(home.input("link" + index)), "link"));
        home.namespace().ip(new String[] {"addr", "add", "10.9." + index + ".1/24", "dev", name});
        String up = name;
        home.sluice().awaitTrue("the argument " + name, () -> home.lines("args").contains(up));
        index++;
      }
      assertTrue(home.lines("args").stream().noneMatch(l -> l.contains("uid=")));
      assertTrue(
          home.log("link-added.d/dump", "outcome").stream().allMatch("ok"::equals),
          () -> home.log("link-added.d/dump", "text").toString());
    }
  }

  @Test
  void whatOthersCanChangeIsNotRun() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      Path open = home.hook("link-up.d/10-open", home.note("ran", "open"));
      Path foreign = home.hook("link-up.d/20-foreign", home.note("ran", "foreign"));
      home.script(home.notes().resolve("target"), home.note("ran", "link"));
      Files.createSymbolicLink(
          home.folder().resolve("link-up.d/30-link"), home.notes().resolve("target"));
      home.hook("link-up.d/40-good.dpkg-old", home.note("ran", "leftover"));
      Path folder =
          home.hook("no-carrier.d/in-open-folder", home.note("ran", "folder")).getParent();
      home.hook("link-up.d/90-good", home.note("ran", "good"));
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.setAttribute(foreign, "unix:uid", 65534);
      Files.setPosixFilePermissions(
          java.util.Objects.requireNonNull(folder), PosixFilePermissions.fromString("rwxrwxrwx"));
      home.launch();
      home.namespace().ip("link set left up");
      home.sluice()
          .awaitTrue(
              "all five to be judged",
              () ->
                  home.log("link-up.d/90-good", "outcome").contains("ok")
                      && home.log("no-carrier.d/in-open-folder", "outcome").contains("refused"));
      for (String refused : List.of("10-open", "20-foreign", "30-link")) {
        assertTrue(
            home.log("link-up.d/" + refused, "outcome").stream().allMatch("refused"::equals));
        assertFalse(home.log("link-up.d/" + refused, "outcome").isEmpty(), refused);
      }
      assertTrue(home.lines("ran").stream().allMatch("good"::equals), home.lines("ran")::toString);
      String list = home.sluice().command("hooks:list").out();
      assertTrue(list.contains("10-open"), list);
      assertTrue(list.contains("chmod go-w"), list);
      assertTrue(list.contains("chown 0"), list);
      assertTrue(list.contains("outside of the folders"), list);
      assertFalse(list.contains("dpkg-old"), list);
      home.sluice()
          .awaitTrue(
              "health to tell",
              () -> home.namespace().get(home.sluice(), "/health").contains("hooks do not run"));

      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertEquals(0, home.sluice().command("hooks:test", "link-up.d/10-open").exit());
      assertTrue(home.lines("ran").contains("open"));
    }
  }

  @Test
  void runsAsAnotherUserAndWithWhatItIsGiven() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      String rights =
          "{ id -un; echo $HOME; grep -E '^Cap(Eff|Bnd)' /proc/self/status; } > %s/$SLUICE_EVENT.tmp 2>&1\n"
                  .formatted(home.notes())
              + "ip addr add $1 dev left 2>/dev/null && echo added >> "
              + home.notes()
              + "/$SLUICE_EVENT.tmp; mv "
              + home.notes()
              + "/$SLUICE_EVENT.tmp "
              + home.notes()
              + "/$SLUICE_EVENT";
      home.hook("link-up.d/plain", "[ $LINK = left ] || exit 0\nset -- 10.7.0.1/24\n" + rights);
      home.hook("routable.d/strong", "[ $LINK = left ] || exit 0\nset -- 10.7.0.2/24\n" + rights);
      home.hook("mtu.d/root", "[ $LINK = left ] || exit 0\nset -- 10.7.0.3/24\n" + rights);
      home.sluice().config("org.sluice.link.hooks", "{ \"user\": \"nobody\" }");
      home.sluice()
          .config(
              "org.sluice.link.hooks.hook~strong",
              "{ \"hooks\": [\"routable.d/*\"], \"capabilities\": [\"CAP_NET_ADMIN\"] }");
      home.sluice()
          .config(
              "org.sluice.link.hooks.hook~root",
              "{ \"hooks\": [\"mtu.d/*\"], \"user\": \"root\", \"capabilities\": [\"net_admin\"] }");
      launchAndBegin(home);
      home.namespace().ip("link set right up");
      home.namespace().ip("link set left up");
      home.namespace().ip("addr add 10.1.0.1/24 dev left");
      home.namespace().ip("link set left mtu 1400");
      assertEquals(
          List.of(
              "nobody", "/nonexistent", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"),
          home.awaitLines("link-up", 4));
      assertEquals(
          List.of(
              "nobody",
              "/nonexistent",
              "CapEff:\t0000000000001000",
              "CapBnd:\t0000000000001000",
              "added"),
          home.awaitLines("routable", 4));
      assertEquals(
          List.of(
              "root", "/root", "CapEff:\t0000000000001000", "CapBnd:\t0000000000001000", "added"),
          home.awaitLines("mtu", 4));
      assertTrue(home.sluice().command("hooks:list").out().contains("nobody"));
    }
  }

  @Test
  void aChangedConfigurationLeavesAloneWhatRuns() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook(
          "link-up.d/wait",
          "[ $LINK = left ] || exit 0\n"
              + home.note("wait", "begun")
              + "\nfor i in $(seq 5000); do [ -e "
              + home.notes().resolve("go")
              + " ] && { "
              + home.note("wait", "ended")
              + "; exit 0; }; sleep 0.05; done; exit 1");
      home.hook("link-down.d/filtered", home.note("down", "$LINK"));
      home.sluice().config("org.sluice.link.hooks", "{ \"timeout\": 300 }");
      home.launch();
      home.namespace().ip("link set left up");
      home.awaitLines("wait", 1);
      home.config("org.sluice.link.hooks", "{ \"rate\": 5, \"parallel\": 2, \"keep\": 50 }");
      home.config(
          "org.sluice.link.hooks.hook~filter",
          "{ \"hooks\": [\"link-down.d/*\"], \"interfaces\": [\"right\"], \"condition\": \"!up && mtu == 1500\" }");
      Files.createFile(home.notes().resolve("go"));
      assertEquals(List.of("begun", "ended"), home.awaitLines("wait", 2));
      home.sluice()
          .awaitTrue(
              "the run to be told", () -> home.log("link-up.d/wait", "outcome").contains("ok"));
      assertFalse(home.log("link-up.d/wait", "outcome").contains("stopped"));
      home.namespace().ip("link set left down");
      home.namespace().ip("link set right up");
      home.namespace().ip("link set right down");
      assertEquals(List.of("right"), home.awaitLines("down", 1));

      home.sluice()
          .config(
              "org.sluice.link.hooks.hook~filter",
              "{\n  \"hooks\": [\"*\"],\n  \"condition\": \"has_gatway && dns_count > 0\"\n}");
      home.sluice()
          .awaitTrue(
              "the mistake to be told at its place",
              () -> {
                String status = home.sluice().command("config:status").out();
                return status.contains("hook~filter.cfg.json:3:17:")
                    && status.contains("did you mean has_gateway?");
              });
      assertTrue(home.sluice().command("hooks:list").out().contains("!up && mtu == 1500"));
    }
  }

  @Test
  void aFilterSaysWhatItHoldsBackAndOneThatCanNeverMatchIsRefused() throws Exception {
    String pid = "org.sluice.link.hooks.hook~some";
    try (HookHome home = HookHome.prepare()) {
      home.hook("link-down.d/some", home.note("some", "$LINK"));
      home.hook("link-down.d/zall", home.note("all", "$LINK"));
      home.launch();
      home.config(
          pid,
          "{ \"hooks\": [\"link-down.d/some\"], \"exclude\": [\"l*t\", \"lo\"],"
              + " \"condition\": \"state != \\\"routable\\\"\" }");
      for (String link : List.of("left", "right")) {
        home.namespace().ip("link set " + link + " up");
        home.namespace().ip("link set " + link + " down");
      }
      // The last hook of the folder was told of both, so the one before it was asked of both.
      home.sluice()
          .awaitTrue(
              "both links in the hook without a filter",
              () -> home.lines("all").containsAll(List.of("left", "right")));
      home.sluice().awaitTrue("the hook", () -> home.lines("some").equals(List.of("right")));

      var held =
          home.sluice().command("hooks:test", "link-down.d/some", "--link", "left", "--json");
      assertEquals(
          "held back by exclude: left is l*t|lo",
          text(held.json(), "filter"),
          "and yet it ran: a trial is for that");
      assertEquals("ok", text(held.json(), "outcome"));
      var let =
          home.sluice().command("hooks:test", "link-down.d/some", "--link", "right", "--json");
      assertEquals(
          "let through by not l*t|lo, if state != \"routable\"", text(let.json(), "filter"));

      for (var wrong :
          Map.of(
                  "{\n  \"hooks\": [\"a.d/*\"],\n  \"exclude\": [\"*\"]\n}",
                  "some.cfg.json:3:14: exclude: every interface is excluded",
                  "{\n  \"hooks\": [\"*\"],\n  \"events\": [\"carrier\",\n    \"carier\"]\n}",
                  "some.cfg.json:4:5: events: there is no event \"carier\"",
                  "{\n  \"hooks\": [\"ready-ipv4.d/x\"],\n  \"family\": [\"ipv6\"]\n}",
                  "some.cfg.json:3:13: family: ready-ipv4 is never of the family ipv6",
                  "{ \"hooks\": [\"*\"], \"condition\": \"state == \\\"of\\\"\" }",
                  "some.cfg.json:1:42: condition: \"of\" is no state; did you mean \"off\"?",
                  "{ \"hooks\": [\"*\"], \"condition\": \"up && dns_count < 0\" }",
                  "some.cfg.json:1:33: condition: can never hold")
              .entrySet()) {
        home.sluice().config(pid, wrong.getKey());
        home.sluice()
            .awaitTrue(
                wrong.getValue(),
                () -> home.sluice().command("config:status").out().contains(wrong.getValue()));
      }
      assertTrue(home.sluice().command("hooks:list").out().contains("not l*t|lo"), "as before");
    }
  }

  @Test
  void nothingIsLeftWhenTheBundleStops() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook(
          "link-up.d/stay",
          "[ $LINK = left ] || exit 0\necho $$ > "
              + home.notes().resolve("pid.$$")
              + "\nmv "
              + home.notes().resolve("pid.$$")
              + " "
              + home.notes().resolve("pid")
              + "\nsleep 1000");
      home.launch();
      BundleSwitch bundles = BundleSwitch.in(home.sluice());
      home.namespace().ip("link set left up");
      long pid = Long.parseLong(home.awaitLines("pid", 1).getFirst());
      bundles.off("org.sluice.link.hooks");
      home.sluice().awaitTrue("the hook to be ended", () -> gone(pid));
      assertEquals(
          List.of(),
          Namespace.items(home.sluice().command("host:threads", "link.hooks", "--json").json()),
          "no thread of it is left");
      Files.delete(home.notes().resolve("pid"));
      bundles.on("org.sluice.link.hooks");
      assertTrue(Long.parseLong(home.awaitLines("pid", 1).getFirst()) > 0, "it is told anew");
    }
  }

  @Test
  void aTrialShowsWhatTheHookIsToldAndDoes() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook("ready-ipv4.d/dns", "echo hello $LINK $SLUICE_TEST; exit 3");
      home.launch();
      var failed =
          home.sluice().command("hooks:test", "ready-ipv4.d/dns", "--link", "left", "--json");
      assertEquals(1, failed.exit(), failed::toString);
      assertTrue(failed.out().contains("hello left 1"), failed::toString);
      assertTrue(failed.out().contains("SLUICE_EVENT=ready-ipv4"), failed.out());
      assertTrue(failed.out().contains("\"exit\": 3") || failed.out().contains("\"exit\":3"));
      home.hook("ready-ipv4.d/dns", "cat");
      var well = home.sluice().command("hooks:test", "ready-ipv4", "--link", "left");
      assertEquals(0, well.exit(), well::toString);
      assertTrue(well.out().contains("sluice.event.v1"), well.out());
      var absent = home.sluice().command("hooks:test", "nothing");
      assertEquals(1, absent.exit());
      assertTrue(absent.err().contains("hooks:list"), absent.err());
      assertEquals(
          List.of("failed", "ok"), home.log("ready-ipv4.d/dns", "outcome"), "trials are logged");
      home.namespace().awaitGet(home.sluice(), "/api/v1/hooks", "ready-ipv4.d/dns");
      home.namespace().awaitGet(home.sluice(), "/api/v1/hooks/log?limit=1", "\"ok\"");
      try (EventStream runs = new EventStream(home.sluice(), home.namespace(), "hooks/log", 0)) {
        home.sluice()
            .awaitTrue(
                "what a client of another life missed",
                () -> outcomes(runs).equals(List.of("gap", "failed", "ok")));
        home.hook("ready-ipv4.d/dns", "exit 7");
        assertEquals(1, home.sluice().command("hooks:test", "ready-ipv4", "--link", "left").exit());
        home.sluice()
            .awaitTrue(
                "the next run",
                () -> outcomes(runs).equals(List.of("gap", "failed", "ok", "failed")));
      }
    }
  }

  private static List<String> outcomes(EventStream runs) {
    return runs.events().stream()
        .map(e -> e.name().equals("run") ? Namespace.text(e.data(), "outcome") : e.name())
        .toList();
  }

  /**
   * As the unit of systemd starts it: no root, one capability that programs it starts would keep.
   */
  @Test
  void whatAProcessWithOneCapabilityRunsHasNone() throws Exception {
    try (HookHome home = HookHome.prepareAs(NOBODY, "net_admin")) {
      home.hook(
          "link-up.d/rights",
          "[ $LINK = left ] || exit 0\n"
              + "{ id -u; grep -E '^Cap(Eff|Prm|Amb)' /proc/self/status; } > "
              + home.notes().resolve("rights.tmp")
              + "; mv "
              + home.notes().resolve("rights.tmp")
              + " "
              + home.notes().resolve("rights"));
      home.hook("link-up.d/other", "true");
      home.sluice()
          .config(
              "org.sluice.link.hooks.hook~other",
              "{ \"hooks\": [\"link-up.d/other\"], \"user\": \"root\" }");
      home.launch();
      String status =
          Files.readString(Path.of("/proc/" + home.sluice().process().pid() + "/status"));
      assertTrue(status.contains("CapAmb:\t0000000000001000"), status);
      home.namespace().ip("link set left up");
      assertEquals(
          List.of(
              Integer.toString(NOBODY),
              "CapPrm:\t0000000000000000",
              "CapEff:\t0000000000000000",
              "CapAmb:\t0000000000000000"),
          home.awaitLines("rights", 4));
      home.sluice()
          .awaitTrue(
              "the other to be refused",
              () -> home.log("link-up.d/other", "outcome").contains("refused"));
      assertTrue(home.log("link-up.d/other", "text").getFirst().contains("CAP_SETUID"));
    }
  }
}
