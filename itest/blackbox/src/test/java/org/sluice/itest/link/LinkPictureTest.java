// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** The picture of the product against what {@code ip} says, in a network of its own. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LinkPictureTest {
  private static final String KERNEL = "org.sluice.link.kernel";

  private static SluiceProcess prepare(Namespace namespace) throws Exception {
    return SluiceProcess.prepare().under(namespace.prefix());
  }

  /** The shell answers before the domains are there. */
  private static SluiceProcess launch(SluiceProcess sluice) throws Exception {
    sluice.launch();
    awaitKernel(sluice);
    return sluice;
  }

  private static void awaitKernel(SluiceProcess sluice) throws Exception {
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
  }

  private static List<JsonValue> ask(SluiceProcess sluice, String command) {
    SluiceProcess.Answer answer = sluice.command(command, "--json");
    assertEquals(0, answer.exit(), answer::toString);
    return items(answer.json());
  }

  private static Set<String> links(SluiceProcess sluice) {
    Set<String> rows = new TreeSet<>();
    for (JsonValue link : ask(sluice, "link:list")) {
      rows.add(
          "%s %s mtu %s %s up=%s %s"
              .formatted(
                  text(link, "index"),
                  text(link, "name"),
                  text(link, "mtu"),
                  text(link, "state"),
                  text(link, "up"),
                  text(link, "mac")));
    }
    return rows;
  }

  private static Set<String> addresses(SluiceProcess sluice) {
    Set<String> rows = new TreeSet<>();
    for (JsonValue address : ask(sluice, "link:addresses")) {
      rows.add(
          "%s %s %s"
              .formatted(
                  text(address, "link"),
                  text(address, "address"),
                  text(address, "scope").toLowerCase(Locale.ROOT)));
    }
    return rows;
  }

  private static Set<String> routes(SluiceProcess sluice) {
    Set<String> rows = new TreeSet<>();
    for (JsonValue route : ask(sluice, "link:routes")) {
      String hop = text(items(member(route, "hops")).getFirst());
      boolean direct = hop.startsWith("dev ");
      rows.add(
          "%s dev %s via %s metric %s"
              .formatted(
                  text(route, "destination"),
                  hop.substring(hop.indexOf("dev ") + 4),
                  direct ? "" : hop.substring(4, hop.indexOf(" dev")),
                  text(route, "metric")));
    }
    return rows;
  }

  private static Set<String> rules(SluiceProcess sluice) {
    Set<String> rows = new TreeSet<>();
    for (JsonValue rule : ask(sluice, "link:rules")) {
      String by = text(rule, "protocol");
      rows.add(
          "%s %s: %s %s%s"
              .formatted(
                  text(rule, "family").replace("IPv", "-"),
                  text(rule, "priority"),
                  text(rule, "packets"),
                  text(rule, "action"),
                  Set.of("kernel", "boot", "0").contains(by) ? "" : " proto " + by));
    }
    return rows;
  }

  /** Started with hardly any room for notifications, and past the trial of the configuration. */
  private static void narrow(SluiceProcess sluice) throws Exception {
    sluice.config("org.sluice.link.kernel", "{ \"receiveBuffer\": 2048 }");
    launch(sluice);
    sluice.awaitTrue(
        "the configuration to be committed",
        () -> sluice.command("config:log", "--json").out().contains("\"COMMITTED\""));
  }

  /** Waits until the picture is that of {@code ip}, and fails with both when it never is. */
  private static void awaitAgreement(SluiceProcess sluice, Namespace namespace) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!(namespace.links().equals(links(sluice))
        && namespace.addresses().equals(addresses(sluice))
        && namespace.routes().equals(routes(sluice))
        && namespace.rules().equals(rules(sluice)))) {
      if (System.nanoTime() > end) {
        assertEquals(namespace.links(), links(sluice));
        assertEquals(namespace.addresses(), addresses(sluice));
        assertEquals(namespace.routes(), routes(sluice));
        assertEquals(namespace.rules(), rules(sluice));
        return;
      }
      Thread.sleep(50);
    }
  }

  private static long number(SluiceProcess sluice) {
    List<JsonValue> rows =
        sluice.command("link:events", "--json").out().lines().map(Namespace::json).toList();
    return rows.isEmpty() ? 0 : Long.parseLong(text(rows.getLast(), "number"));
  }

  @Test
  void everyChangeIsSeenAndThePictureIsThatOfTheKernel() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add there type veth peer before");
      namespace.ip("addr add 192.0.2.1/24 dev there");
      launch(sluice);
      awaitAgreement(sluice, namespace);
      try (Follower follower = new Follower(sluice, 0)) {
        namespace.ip("link add left type veth peer right");
        namespace.ip("link set left up");
        namespace.ip("link set right up");
        namespace.ip("link set left mtu 1400");
        namespace.ip("link set left address 02:00:00:00:00:07");
        namespace.ip("addr add 10.1.0.1/24 dev left");
        namespace.ip("addr add 2001:db8:1::1/64 dev left nodad");
        namespace.ip("route add 10.9.0.0/16 via 10.1.0.9");
        namespace.ip("-6 route add default via 2001:db8:1::9");
        awaitAgreement(sluice, namespace);
        namespace.ip("addr del 10.1.0.1/24 dev left");
        awaitAgreement(sluice, namespace);
        // Of a link that is down the kernel does not tell its alternative names.
        namespace.ip("link property add dev left altname the-one-on-the-left");
        sluice.awaitTrue(
            "the alternative name",
            () -> sluice.command("link:show", "the-one-on-the-left").exit() == 0);
        namespace.ip("link set left down");
        namespace.ip("link set left name middle");
        awaitAgreement(sluice, namespace);
        namespace.ip("link add bridge type bridge");
        namespace.ip("link set right master bridge");
        sluice.awaitTrue(
            "the master of right",
            () -> sluice.command("link:show", "right", "--json").out().contains("\"bridge\""));
        namespace.ip("link set right nomaster");
        awaitAgreement(sluice, namespace);
        assertTrue(
            links(sluice).stream().anyMatch(l -> l.contains(" right ")),
            "leaving a bridge is not going");
        namespace.ip("link del middle");
        awaitAgreement(sluice, namespace);

        sluice.awaitTrue("the last event", () -> follower.lastNumber() >= number(sluice));
        assertEquals(List.of(), follower.gaps());
        List<String> left = follower.eventsAbout("left");
        assertTrue(left.contains("link-added "), left::toString);
        assertTrue(left.stream().anyMatch(e -> e.contains("mtu 1500 → 1400")), left::toString);
        assertTrue(left.stream().anyMatch(e -> e.contains("up no → yes")), left::toString);
        assertTrue(left.stream().anyMatch(e -> e.contains("carrier no → yes")), left::toString);
        assertTrue(left.stream().anyMatch(e -> e.contains("→ 02:00:00:00:00:07")), left::toString);
        List<String> middle = follower.eventsAbout("middle");
        assertTrue(
            middle.stream().anyMatch(e -> e.contains("name left → middle")), middle::toString);
        assertEquals("link-removed ", middle.getLast());
        assertTrue(follower.eventsAbout("10.1.0.1/24").contains("address-removed "));
        assertTrue(follower.eventsAbout("10.9.0.0/16").contains("route-removed "));
        assertEquals(
            "initial",
            follower.rows().stream()
                .filter(row -> text(row, "subject").equals("there"))
                .map(row -> text(row, "cause"))
                .findFirst()
                .orElse(""));
      }
    }
  }

  @Test
  void rulesAreThoseOfTheKernelWhateverTheySay() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("rule add pref 900 from 10.0.0.0/8 lookup 70000 proto static");
      launch(sluice);
      awaitAgreement(sluice, namespace);
      try (Follower follower = new Follower(sluice, number(sluice))) {
        namespace.ip("link add left type veth peer right");
        for (String rule :
            List.of(
                "pref 1000 from 192.0.2.7 lookup 4294967295",
                "pref 1000 from 192.0.2.8 lookup 1000 proto 97",
                "pref 1001 from all to 198.51.100.0/24 iif left lookup main suppress_prefixlength 0",
                "pref 1002 not from all fwmark 0x1/0xff lookup 5",
                "pref 1003 from all ipproto udp dport 53 blackhole",
                "pref 1004 from all uidrange 7-9 oif right unreachable",
                "pref 1005 from all to 203.0.113.1 prohibit",
                "pref 1006 from all goto 2000",
                "pref 2000 from all nop")) {
          namespace.ip("rule add " + rule);
        }
        namespace.ip("-6 rule add pref 1000 from 2001:db8::/64 lookup 70000");
        awaitAgreement(sluice, namespace);
        assertEquals(13 + 3, rules(sluice).size(), () -> rules(sluice).toString());
        namespace.ip("rule del pref 1000 from 192.0.2.8");
        namespace.ip("link del left");
        namespace.ip("rule del pref 900");
        awaitAgreement(sluice, namespace);
        sluice.awaitTrue(
            "both that went",
            () ->
                follower.rows().stream()
                        .filter(row -> text(row, "event").equals("rule-removed"))
                        .count()
                    == 2);
      }
    }
  }

  @Test
  void whetherAGatewayAnswersIsSeenAndNobodyElse() throws Exception {
    try (Namespace namespace = Namespace.create();
        Namespace there = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      namespace.ip("link set right netns " + there.name());
      there.ip("link set right address 02:00:00:00:00:09 up");
      there.ip("addr add 10.9.0.1/24 dev right");
      there.ip("addr add 10.9.0.7/24 dev right");
      // Else it asks for us five seconds after it answered, and with that tells its true address.
      there.ip("neigh add 10.9.0.2 lladdr 02:00:00:00:00:08 nud permanent dev right");
      namespace.ip("link set left address 02:00:00:00:00:08 up");
      namespace.ip("addr add 10.9.0.2/24 dev left");
      launch(sluice);
      send(namespace, "10.9.0.7");
      send(namespace, "10.9.0.1");
      assertEquals(List.of(), ask(sluice, "link:neighbours"));
      namespace.ip("route add default via 10.9.0.1");
      awaitNeighbours(sluice, "left 10.9.0.1 RESOLVED 02:00:00:00:00:09");
      long before = number(sluice);
      send(namespace, "10.9.0.7");
      namespace.ip("neigh change 10.9.0.1 dev left nud stale");
      namespace.ip("neigh change 10.9.0.1 dev left lladdr 02:00:00:00:00:0a nud reachable");
      awaitNeighbours(sluice, "left 10.9.0.1 RESOLVED 02:00:00:00:00:0a");
      // Not all events: the link-local addresses come to the end of their search for duplicates.
      List<String> events =
          sluice
              .command("link:events", "--after", Long.toString(before), "--json")
              .out()
              .lines()
              .map(Namespace::json)
              .map(e -> text(e, "event") + " " + text(e, "subject") + " " + text(e, "detail"))
              .filter(e -> e.startsWith("neighbour-"))
              .toList();
      assertEquals(
          List.of(
              "neighbour-changed 10.9.0.1 on left resolved 02:00:00:00:00:09 → resolved"
                  + " 02:00:00:00:00:0a"),
          events,
          "what the kernel asks itself is no event");
      there.ip("link set right down");
      namespace.ip("neigh flush all");
      send(namespace, "10.9.0.1");
      awaitNeighbours(sluice, "left 10.9.0.1 FAILED ");
      namespace.ip("link del left");
      awaitNeighbours(sluice);
    }
  }

  @Test
  void whatHappensIsToldInTheWordsOfHooks() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      namespace.ip("link set right up");
      sluice.config("org.sluice.link.happenings", "{ \"audit\": true }");
      launch(sluice);
      awaitHappening(sluice, "link-added left ");
      namespace.ip("link set left name wan");
      namespace.ip("link set wan mtu 1400 up");
      namespace.ip("addr add 10.9.0.2/24 dev wan");
      namespace.ip("route add default via 10.9.0.1");
      awaitHappening(sluice, "ready-ipv4 wan ");
      namespace.ip("link set wan down");
      awaitHappening(sluice, "unready-ipv4 wan ");
      namespace.ip("link del wan");
      awaitHappening(sluice, "link-removed wan ");
      List<String> words = happenings(sluice);
      List<String> expected =
          List.of(
              "link-added left ",
              "link-renamed wan left",
              "mtu-changed wan 1500",
              "link-up wan ",
              "carrier wan ",
              "address-added wan 10.9.0.2/24",
              "default-route-added wan 0.0.0.0/0 via 10.9.0.1",
              "ready-ipv4 wan ",
              "ready wan ",
              "link-down wan ",
              "address-removed wan 10.9.0.2/24",
              "link-removed wan ");
      List<Integer> places = expected.stream().map(words::lastIndexOf).toList();
      assertTrue(places.stream().allMatch(place -> place >= 0), () -> words + " " + places);
      assertEquals(places.stream().sorted().toList(), places, words::toString);
      String renamed =
          sluice
              .command("link:happenings", "--json")
              .out()
              .lines()
              .map(Namespace::json)
              .filter(h -> text(h, "happening").equals("link-renamed"))
              .map(h -> text(h, "number"))
              .findFirst()
              .orElseThrow();
      Path audit = sluice.home().resolve("var/audit/audit.jsonl");
      sluice.awaitTrue(
          "the same number in the audit and in the log",
          () ->
              Files.exists(audit)
                  && Files.readAllLines(audit).stream()
                      .anyMatch(l -> l.contains("link-renamed") && l.contains('"' + renamed + '"'))
                  && sluice.log().contains("event=" + renamed + " what=link-renamed"));
    }
  }

  private static List<String> happenings(SluiceProcess sluice) {
    return sluice
        .command("link:happenings", "--json")
        .out()
        .lines()
        .map(Namespace::json)
        .map(h -> text(h, "happening") + " " + text(h, "link") + " " + text(h, "subject"))
        .toList();
  }

  private static void awaitHappening(SluiceProcess sluice, String words) throws Exception {
    sluice.awaitTrue(words, () -> happenings(sluice).contains(words));
  }

  /** A packet of no importance, so that the kernel asks who has the address. */
  private static void send(Namespace namespace, String to) throws Exception {
    namespace.exec("bash", "-c", "echo . > /dev/udp/" + to + "/9; sleep 0.2");
  }

  private static void awaitNeighbours(SluiceProcess sluice, String... rows) throws Exception {
    sluice.awaitTrue(
        "the gateways " + List.of(rows),
        () ->
            ask(sluice, "link:neighbours").stream()
                .map(
                    n ->
                        "%s %s %s %s"
                            .formatted(
                                text(n, "link"),
                                text(n, "address"),
                                text(n, "state"),
                                text(n, "mac")))
                .toList()
                .equals(List.of(rows)));
  }

  @Test
  void routesThatGoWithoutAWordAreMissedNoMore() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      namespace.ip("link set left up");
      namespace.ip("link set right up");
      namespace.ip("addr add 10.1.0.1/24 dev left");
      namespace.ip("route add default via 10.1.0.9");
      launch(sluice);
      awaitAgreement(sluice, namespace);
      for (int i = 0; i < 5; i++) {
        namespace.ip("link set left down");
        awaitAgreement(sluice, namespace);
        assertFalse(routes(sluice).stream().anyMatch(r -> r.startsWith("0.0.0.0/0")));
        namespace.ip("link set left up");
        namespace.ip("route add default via 10.1.0.9");
        awaitAgreement(sluice, namespace);
        namespace.ip("route replace default via 10.1.0." + (20 + i));
        awaitAgreement(sluice, namespace);
        namespace.ip("route del default");
        namespace.ip("route add default via 10.1.0.9");
        awaitAgreement(sluice, namespace);
      }
    }
  }

  @Test
  void namesThatWouldDoHarmAreDataOnly() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(prepare(namespace))) {
      Path trace = Path.of("/tmp/sluice-was-here");
      Files.deleteIfExists(trace);
      List<String> names =
          List.of(
              "$(id)", "a;b", "x&y", "q'q", "é0", "\u001b[31mred", "\u202eabc", "`id`", "--json");
      for (String name : names) {
        namespace.ip(new String[] {"link", "add", "name", name, "type", "bridge"});
      }
      sluice.awaitTrue("all of them", () -> links(sluice).size() == names.size() + 1);
      String json = sluice.command("link:list", "--json").out();
      String table = sluice.command("link:list").out();
      String events = sluice.command("link:events").out();
      for (String output : List.of(json, table, events)) {
        assertFalse(output.contains("\u001b[31m"), "an escape sequence reached the terminal");
        assertFalse(output.contains("\u202e"), "text that runs backwards reached the terminal");
        assertFalse(output.contains("uid="), "somebody ran id");
        assertTrue(output.contains("$(id)"), output);
        assertTrue(output.contains("a;b"), output);
      }
      assertTrue(table.contains("\\x1b[31mred"), table);
      for (String name : List.of("$(id)", "a;b", "x&y", "é0", "\\x1b[31mred")) {
        SluiceProcess.Answer shown = sluice.command("link:show", name, "--json");
        assertEquals(0, shown.exit(), () -> name + ": " + shown);
        assertEquals(name, text(shown.json(), "name"));
      }
      SluiceProcess.Answer unknown = sluice.command("link:show", "$(touch " + trace + ")");
      assertNotEquals(0, unknown.exit());
      assertFalse(Files.exists(trace));
    }
  }

  @Test
  void twoThousandChangesInOneGo() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      launch(sluice);
      awaitAgreement(sluice, namespace);
      try (Follower follower = new Follower(sluice, number(sluice))) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
          lines.add(
              "addr add 10.%d.%d.1/24 dev %s"
                  .formatted(i / 200, i % 200, i % 2 == 0 ? "left" : "right"));
          if (i % 4 == 3) {
            lines.add("addr del 10.%d.%d.1/24 dev right".formatted(i / 200, i % 200));
          }
          if (i % 100 == 0) {
            lines.add("link set left mtu " + (1300 + i / 100));
          }
        }
        namespace.batch(lines);
        awaitAgreement(sluice, namespace);
        assertEquals(1501, addresses(sluice).stream().filter(a -> !a.contains("::")).count());
        sluice.awaitTrue("the last event", () -> follower.lastNumber() >= number(sluice));
        assertEquals(List.of(), follower.gaps());
        assertFalse(follower.events().contains("missed"));
        assertEquals(
            2000, follower.events().stream().filter(e -> e.equals("address-added")).count());
        assertEquals(
            500, follower.events().stream().filter(e -> e.equals("address-removed")).count());
      }
    }
  }

  @Test
  void whatTheKernelDropsIsAskedForAnew() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      narrow(sluice);
      awaitAgreement(sluice, namespace);
      try (Follower follower = new Follower(sluice, number(sluice))) {
        for (int round = 0; round < 4; round++) {
          List<String> lines = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            lines.add("addr add 10.%d.%d.1/24 dev left".formatted(round, i % 250 + (i / 250)));
            lines.add("addr del 10.%d.%d.1/24 dev left".formatted(round, i % 250 + (i / 250)));
            if (i % 10 == 0) {
              lines.add("addr add 10.%d.%d.2/24 dev right".formatted(100 + round, i / 10));
            }
          }
          namespace.batch(lines);
        }
        awaitAgreement(sluice, namespace);
        sluice.awaitTrue("the last event", () -> follower.lastNumber() >= number(sluice));
        assertEquals(List.of(), follower.gaps());
        assertTrue(
            follower.rows().stream().anyMatch(row -> text(row, "cause").equals("resync")),
            "the kernel dropped something, so something was found out later");
        awaitMetric(sluice, namespace, "sluice_link_kernel_overruns_total", 0);
        awaitMetric(sluice, namespace, "sluice_link_kernel_resyncs_total", 1);
      }
    }
  }

  @Test
  void anAnswerThatWasDisturbedIsAskedForAgain() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      // So many addresses that the kernel tells them in several parts.
      namespace.ip("link add left type veth peer right");
      List<String> addresses = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        addresses.add("addr add 10.%d.%d.1/32 dev left".formatted(i / 250, i % 250));
      }
      namespace.batch(addresses);
      narrow(sluice);
      AtomicBoolean enough = new AtomicBoolean();
      Thread churn =
          new Thread(
              () -> {
                try {
                  List<String> lines = new ArrayList<>();
                  for (int i = 0; i < 200; i++) {
                    lines.add("addr add 10.200.0.%d/32 dev right".formatted(i));
                    lines.add("addr del 10.200.0.%d/32 dev right".formatted(i));
                  }
                  while (!enough.get()) {
                    namespace.batch(lines);
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              "churn");
      churn.start();
      try {
        awaitMetric(sluice, namespace, "sluice_link_kernel_dump_restarts_total", 0);
      } finally {
        enough.set(true);
        churn.join();
      }
      awaitAgreement(sluice, namespace);
    }
  }

  /** A busy source is left out of an answer when it takes longer than a second. */
  private static void awaitMetric(
      SluiceProcess sluice, Namespace namespace, String name, double above) throws Exception {
    sluice.awaitTrue(
        name + " above " + above,
        () ->
            namespace
                .get(sluice, "/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .anyMatch(line -> Double.parseDouble(line.substring(name.length() + 1)) > above));
  }

  @Test
  void aPlainUserSeesTheSame() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice =
            prepare(namespace)
                .under("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                .under("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")) {
      namespace.ip("link add left type veth peer right");
      for (Path path : List.of(sluice.home(), sluice.plugins(), sluice.configs())) {
        Files.setAttribute(path, "unix:uid", 65534);
      }
      launch(sluice);
      String status = Files.readString(Path.of("/proc/" + sluice.process().pid() + "/status"));
      assertTrue(status.contains("CapEff:\t0000000000000000"), status);
      namespace.ip("link set left up");
      namespace.ip("addr add 10.1.0.1/24 dev left");
      awaitAgreement(sluice, namespace);
    }
  }

  @Test
  void stoppingAndStartingTheBackendUnderChurnLosesNothing() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = prepare(namespace)) {
      namespace.ip("link add left type veth peer right");
      launch(sluice);
      awaitAgreement(sluice, namespace);
      BundleSwitch bundles = BundleSwitch.in(sluice);
      AtomicBoolean enough = new AtomicBoolean();
      Thread churn =
          new Thread(
              () -> {
                try {
                  for (int i = 0; !enough.get(); i++) {
                    String address = "10.7.%d.1/24".formatted(i % 200);
                    namespace.batch(
                        List.of(
                            "addr add " + address + " dev left",
                            "link set right mtu " + (1300 + i % 100),
                            "addr del " + address + " dev left"));
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              "churn");
      try (Follower follower = new Follower(sluice, number(sluice))) {
        churn.start();
        for (int i = 0; i < 10; i++) {
          bundles.off(KERNEL);
          Thread.sleep(50);
          bundles.on(KERNEL);
          awaitKernel(sluice);
        }
        enough.set(true);
        churn.join();
        awaitAgreement(sluice, namespace);
        sluice.awaitTrue("the last event", () -> follower.lastNumber() >= number(sluice));
        assertEquals(List.of(), follower.gaps());
        assertEquals(10, follower.events().stream().filter(e -> e.equals("source-gone")).count());
        assertEquals(10, follower.events().stream().filter(e -> e.equals("source-live")).count());
        assertFalse(
            follower.events().contains("link-removed"), "no link went, so none is told to go");
      } finally {
        enough.set(true);
        churn.join();
      }
    }
  }

  /** A source that goes on telling after it went. */
  private static final String STRAY =
      """
      package stray;

      import java.util.concurrent.CompletableFuture;
      import java.util.concurrent.TimeUnit;
      import org.osgi.framework.BundleContext;
      import org.osgi.service.component.annotations.Activate;
      import org.osgi.service.component.annotations.Component;
      import org.sluice.link.api.LinkSink;
      import org.sluice.link.api.LinkSource;
      import org.sluice.link.api.SinkRevokedException;
      import org.sluice.link.api.SourceState.Condition;

      @Component(
          service = Stray.class,
          property = {"osgi.command.scope=stray", "osgi.command.function=tell"})
      public final class Stray {
        private final BundleContext context;

        @Activate
        public Stray(BundleContext context) {
          this.context = context;
        }

        public String tell() throws Exception {
          CompletableFuture<LinkSink> given = new CompletableFuture<>();
          LinkSource source =
              new LinkSource() {
                @Override public String name() { return "stray"; }
                @Override public int rank() { return 1; }
                @Override public void attach(LinkSink to) { given.complete(to); }
                @Override public void detach() {}
              };
          var registration = context.registerService(LinkSource.class, source, null);
          LinkSink sink = given.get(20, TimeUnit.SECONDS);
          sink.condition(Condition.FAILING, "in time");
          registration.unregister();
          try {
            sink.condition(Condition.FAILING, "too late");
            return "was heard";
          } catch (SinkRevokedException e) {
            return e.getMessage();
          }
        }
      }
      """;

  @Test
  void aSourceThatIsGoneIsNotHeard() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(prepare(namespace))) {
      sluice.drop("stray.jar", PluginJar.named("stray", "1.0.0").source(STRAY).make());
      SluiceProcess.Answer answer =
          sluice.await(
              "the plugin",
              () -> {
                SluiceProcess.Answer told = sluice.command("stray:tell");
                return told.exit() == 0 ? told : null;
              });
      assertTrue(
          answer.out().contains("link source stray: its sink was revoked"), answer::toString);
    }
  }

  @Test
  void aHundredRestartsLeaveNothingBehind() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(prepare(namespace))) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      Path process = Path.of("/proc/" + sluice.process().pid());
      bundles.cycle(KERNEL, 10);
      long threads = count(process.resolve("task"));
      long descriptors = count(process.resolve("fd"));
      bundles.cycle(KERNEL, 100);
      awaitAgreement(sluice, namespace);
      sluice.awaitTrue(
          "no more threads than before (" + threads + ")",
          () -> count(process.resolve("task")) <= threads + 5);
      sluice.awaitTrue(
          "no more descriptors than before (" + descriptors + ")",
          () -> count(process.resolve("fd")) <= descriptors + 5);
      // The thread of the last one that went may still be on its way out of the kernel.
      sluice.awaitTrue("one reader", () -> readers(sluice) == 1);
    }
  }

  private static long count(Path folder) throws Exception {
    try (var entries = Files.list(folder)) {
      return entries.count();
    }
  }

  private static long readers(SluiceProcess sluice) throws Exception {
    return sluice.threads().stream().filter(name -> name.startsWith("link.kernel/")).count();
  }

  @Test
  void followingEndsWhenItIsInterrupted() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(prepare(namespace));
        Follower follower = new Follower(sluice, 0)) {
      sluice.awaitTrue("what was there", () -> follower.events().contains("source-live"));
      namespace.ip("link add left type veth peer right");
      sluice.awaitTrue("what came", () -> follower.eventsAbout("left").contains("link-added "));
      follower.interrupt();
      sluice.awaitTrue("the end", () -> follower.exit() != null);
    }
  }
}
