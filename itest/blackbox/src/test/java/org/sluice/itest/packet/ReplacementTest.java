// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.docs.ExampleBuild;
import org.sluice.itest.net.Namespace;

/**
 * Handler, driver and example are replaced again and again while packets flow. Each packet is
 * handled, or had by the host, or counted as lost; and nothing is left of what was replaced.
 *
 * <p>What nobody counts is what the kernel throws away when a program is taken off a virtual
 * interface: at most {@value #UNCOUNTED} packets that wait there.
 */
@Timeout(value = 1800, unit = TimeUnit.SECONDS)
class ReplacementTest {
  private static final int TIMES = Boolean.getBoolean("sluice.long") ? 100 : 10;
  private static final int MOST = TIMES * 2_000_000;
  private static final int RATE = 200_000;

  /** The places of the ring of a virtual interface. */
  private static final int UNCOUNTED = 256;

  private static final Pattern CLOSED =
      Pattern.compile("near: closed; received \\d+, sent \\d+, lost (\\d+) that came");

  private static final Pattern DROPPED = Pattern.compile("\"receiveDropped\": ?(\\d+)");

  private static final Path XDP = jarOf("org.sluice.packet.xdp");

  @TempDir Path folder;

  private static Path jarOf(String bundle) {
    try (var jars = Files.walk(SluiceProcess.DIST)) {
      return jars.filter(
              jar ->
                  jar.getFileName().toString().matches(Pattern.quote(bundle) + "(-[\\d.]+)?.jar"))
          .findFirst()
          .orElseThrow();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * What was counted as lost until now.
   *
   * @param way by the interface from which they came, for want of room in the other
   * @param host by the socket of the host
   * @param port by the port that handlers are given packets of
   */
  private record Counted(long way, long host, long port) {
    static Counted now(Wire wire, SluiceProcess sluice) throws Exception {
      return new Counted(
          device(wire.far(), "far", 11),
          udp(wire.near(), "InErrors"),
          CLOSED.matcher(sluice.log()).find() ? lostByPort(sluice) : dropped(sluice));
    }

    Counted since(Counted before) {
      return new Counted(way - before.way, host - before.host, port - before.port);
    }

    private static long dropped(SluiceProcess sluice) {
      Matcher told = DROPPED.matcher(sluice.command("packet:ports", "--json").out());
      assertTrue(told.find(), "a port tells what it dropped");
      return Long.parseLong(told.group(1));
    }
  }

  private static long device(Namespace network, String link, int column) throws Exception {
    return network
        .exec("cat", "/proc/net/dev")
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(link + ":"))
        .map(line -> line.substring(link.length() + 1).strip().split(" +"))
        .mapToLong(columns -> Long.parseLong(columns[column]))
        .sum();
  }

  private static long udp(Namespace network, String counter) throws Exception {
    List<String[]> rows =
        network
            .exec("cat", "/proc/net/snmp")
            .lines()
            .filter(line -> line.startsWith("Udp:"))
            .map(line -> line.split(" "))
            .toList();
    return Long.parseLong(rows.get(1)[Arrays.asList(rows.get(0)).indexOf(counter)]);
  }

  /** What is done again and again, the number of the time told. */
  private interface Replacing {
    void replace(int time) throws Exception;
  }

  /** Does it while packets flow, and tells the numbers between which each time lies. */
  private static List<int[]> replaced(SluiceProcess sluice, Load load, Replacing by)
      throws Exception {
    List<int[]> spans = new ArrayList<>();
    load.flow();
    for (int i = 0; i < TIMES; i++) {
      int from = load.sent();
      by.replace(i);
      int done = load.sent();
      sluice.awaitTrue(
          "packets to be handled again",
          () -> load.handledAny(done, load.sent()) || load.exhausted());
      assertFalse(load.exhausted(), "the numbers have lasted");
      spans.add(new int[] {from, load.sent()});
    }
    int end = load.hold();
    handledAgain(sluice, load);
    System.out.printf("%d datagrams at %d a second%n", end, load.pace());
    return spans;
  }

  /**
   * A few at a time. A hundred may still find the cable full of what was sent before, and lose some
   * there: then another hundred must come through as a whole.
   */
  private static void handledAgain(SluiceProcess sluice, Load load) throws Exception {
    for (int i = 0; i < 20; i++) {
      sluice.awaitTrue(
          "each of a hundred to be handled",
          () -> {
            int from = load.sent();
            load.some(100);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (!load.handledAll(from, from + 100) && System.nanoTime() < until) {
              Thread.sleep(1);
            }
            return load.handledAll(from, from + 100);
          });
    }
  }

  private static void tell(String what, Load load, List<int[]> spans) {
    List<Load.Books> books = spans.stream().map(span -> load.books(span[0], span[1])).toList();
    int[] lost = books.stream().mapToInt(Load.Books::lost).sorted().toArray();
    int[] host = books.stream().mapToInt(Load.Books::host).sorted().toArray();
    System.out.printf(
        "%s replaced %d times: lost median %d, most %d; had by the host median %d, most %d%n",
        what, TIMES, lost[TIMES / 2], lost[TIMES - 1], host[TIMES / 2], host[TIMES - 1]);
  }

  /** Each packet was handled, or was counted as lost, once. */
  private static void exact(String what, Load load, int from, Counted counted) {
    Load.Books books = load.books(from, load.sent());
    System.out.printf("%s: %s, %s%n", what, books, counted);
    assertEquals(0, books.twice(), "handled twice");
    assertEquals(0, books.host(), "the host had some");
    assertEquals(books.lost(), counted.way + counted.port, what + ": lost, and counted as lost");
  }

  /** No packet is lost that nobody counted; what a socket beside has not had may be counted too. */
  private static void bounded(String what, Load load, int from, Counted counted) {
    Load.Books books = load.books(from, load.sent());
    System.out.printf("%s: %s, %s%n", what, books, counted);
    assertEquals(0, books.twice(), "handled twice");
    assertTrue(
        books.lost() <= counted.way + counted.port + counted.host + (long) UNCOUNTED * TIMES,
        () -> what + ": more are lost than were counted: " + books + ", " + counted);
  }

  /** The port outlives handlers and drivers, so that it tells the sum of all. */
  private static long lostByPort(SluiceProcess sluice) {
    Matcher told = CLOSED.matcher(sluice.log());
    assertTrue(told.find(), "the port told what it lost");
    return Long.parseLong(told.group(1));
  }

  private static void sameHoldings(SluiceProcess sluice, Holdings before) throws Exception {
    Holdings[] last = new Holdings[1];
    try {
      sluice.awaitTrue(
          "nothing to be left",
          () -> {
            last[0] = Holdings.of(sluice);
            return last[0].equals(before);
          });
    } catch (AssertionError e) {
      assertEquals(before, last[0]);
    }
    sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
  }

  private static void awaitPorts(SluiceProcess sluice, String text) throws Exception {
    sluice.awaitTrue(text, () -> sluice.command("packet:ports").out().contains(text));
  }

  @Test
  void handlerAndDriverAreReplacedWhilePacketsFlow() throws Exception {
    Path book = folder.resolve("book");
    byte[] counting = Load.plugin(book, MOST, "1.0.0").bytes();
    try (Wire wire = Wire.create();
        Load load = new Load(wire, book, MOST, RATE);
        SluiceProcess sluice = SluiceProcess.prepare().under(wire.near().prefix()).launch()) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      Revisions handler = new Revisions(sluice, "counting.jar", counting);
      handler.next();
      awaitPorts(sluice, "xdp");
      // Whatever is made once is made.
      handledAgain(sluice, load);
      handler.next();
      awaitPorts(sluice, "xdp");
      bundles.update("org.sluice.packet.xdp", XDP);
      awaitPorts(sluice, "xdp");
      handledAgain(sluice, load);
      Holdings before = Holdings.of(sluice);

      int begun = load.sent();
      Counted counted = Counted.now(wire, sluice);
      List<int[]> handlers = replaced(sluice, load, time -> handler.next());
      tell("handler", load, handlers);
      exact("handler", load, begun, Counted.now(wire, sluice).since(counted));

      int middle = load.sent();
      Counted then = Counted.now(wire, sluice);
      List<int[]> drivers =
          replaced(
              sluice,
              load,
              time -> {
                bundles.update("org.sluice.packet.xdp", XDP);
                awaitPorts(sluice, "xdp");
              });
      tell("driver", load, drivers);
      bounded("driver", load, middle, Counted.now(wire, sluice).since(then));
      sameHoldings(sluice, before);

      Counted last = Counted.now(wire, sluice);
      Files.delete(sluice.plugins().resolve("counting.jar"));
      sluice.awaitTrue(
          "the program to be detached", () -> !wire.near().ip("-d link show near").contains("xdp"));
      sluice.awaitTrue("the port to be told", () -> CLOSED.matcher(sluice.log()).find());
      // What it told while it worked is what it tells at last.
      assertEquals(Counted.now(wire, sluice).port, last.port);
    }
  }

  @Test
  void anExampleIsReplacedWhileItAnswersAndOthersAreServed() throws Exception {
    byte[] ping = ExampleBuild.jar(folder, "ping-responder", "com.example.ping");
    Path book = folder.resolve("book");
    byte[] counting = Load.plugin(book, MOST, "1.0.0").bytes();
    try (Wire wire = Wire.create();
        Load load = new Load(wire, book, MOST, RATE / 4);
        SluiceProcess sluice = SluiceProcess.prepare().under(wire.near().prefix()).launch()) {
      sluice.config(
          "com.example.ping",
          """
          {
            "packet.interface": "near",
            "packet.driver": "auto",
            "mac": "02:00:00:00:00:01",
            "addresses": ["10.99.0.77"]
          }
          """);
      Revisions responder = new Revisions(sluice, "ping.jar", ping);
      sluice.put(sluice.plugins().resolve("counting.jar"), counting);
      responder.next();
      awaitPorts(sluice, "xdp");
      // The example has all questions of ARP, so that nobody answers for the host.
      wire.far().ip("neigh replace 10.99.0.1 lladdr 02:00:00:00:00:01 dev far nud permanent");
      wire.far().ip("neigh replace 10.99.0.77 lladdr 02:00:00:00:00:01 dev far nud permanent");
      handledAgain(sluice, load);
      responder.next();
      ping(wire, "10");
      Holdings before = Holdings.of(sluice);

      int begun = load.sent();
      Counted counted = Counted.now(wire, sluice);
      Process asking = wire.far().spawn("ping", "-q", "-i", "0.002", "10.99.0.77");
      List<int[]> spans = replaced(sluice, load, time -> responder.next());
      new ProcessBuilder("kill", "-INT", Long.toString(asking.pid())).start().waitFor();
      String told = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      asking.waitFor();
      System.out.println(told.strip().replaceAll("(?s).*statistics ---\n", "ping: "));
      assertTrue(told.contains(" received"), told);
      ping(wire, "10");
      sameHoldings(sluice, before);

      tell("example", load, spans);
      // The other handler is not stopped by that: the port stays, and who is there is called.
      exact("beside the example", load, begun, Counted.now(wire, sluice).since(counted));
    }
  }

  private static void ping(Wire wire, String count) throws Exception {
    wire.far().exec("ping", "-q", "-c", count, "-i", "0.01", "-W", "20", "10.99.0.77");
  }

  /** One plugin, dropped again and again, each time of another version. */
  private static final class Revisions {
    private final SluiceProcess sluice;
    private final String file;
    private final byte[] jar;
    private int made;

    Revisions(SluiceProcess sluice, String file, byte[] jar) {
      this.sluice = sluice;
      this.file = file;
      this.jar = jar;
    }

    void next() throws Exception {
      String version = "1.0." + ++made;
      sluice.put(sluice.plugins().resolve(file), PluginJar.revision(jar, version));
      sluice.awaitTrue(
          "revision " + version,
          () ->
              sluice
                  .command("host:plugins")
                  .out()
                  .lines()
                  .anyMatch(line -> line.contains(file) && line.contains(version + " ")));
    }
  }
}
