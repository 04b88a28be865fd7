// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
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
import org.sluice.json.JsonValue;

/** The examples that open ports of their own do what their pages say, with real traffic. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class PacketModesTest {
  @TempDir Path folder;

  /** Answers each datagram with its own name, and has a port that checks can connect to. */
  private static final String SERVE =
      """
      import socket, sys, threading
      me, port, check = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
      t = socket.socket()
      t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      t.bind((me, check)); t.listen(64)
      def accept():
          while True:
              t.accept()[0].close()
      threading.Thread(target=accept, daemon=True).start()
      u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      u.bind((me, port))
      print('ready', flush=True)
      while True:
          data, who = u.recvfrom(2048)
          u.sendto(me.encode() + b' ' + data, who)
      """;

  /**
   * Asks once from each of many ports, again until answered; a line for each: port, who answered.
   */
  private static final String CLIENTS =
      """
      import socket, sys
      host, port, first, count = sys.argv[1], *map(int, sys.argv[2:5])
      for i in range(first, first + count):
          s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
          s.bind(('10.99.0.2', i))
          s.settimeout(1)
          text = ('%d %s' % (i, 'x' * (i % 1000))).encode()
          for attempt in range(60):
              s.sendto(text, (host, port))
              try:
                  got, who = s.recvfrom(2048)
                  assert who == (host, port), who
                  name, rest = got.split(b' ', 1)
                  if rest == text:
                      print(i, name.decode())
                      break
              except (socket.timeout, ConnectionRefusedError):
                  pass
          else:
              sys.exit('no answer to %d' % i)
          s.close()
      """;

  /**
   * One flow: asks one thing after another, each again until it is answered, until a file is there;
   * tells how often.
   */
  private static final String FLOW =
      """
      import itertools, os, socket, sys, time
      host, port, source, patience, stop = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
      s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
      s.bind(('', source))
      s.settimeout(patience / 1000)
      again = 0
      for i in itertools.count():
          if os.path.exists(stop): break
          text = ('%d %s' % (i, 'x' * (i % 1000))).encode()
          end = time.monotonic() + 60
          while True:
              s.sendto(text, (host, port))
              try:
                  while not (b' ' + s.recv(2048)).endswith(b' ' + text): pass
                  break
              except (socket.timeout, ConnectionRefusedError):
                  again += 1
                  if time.monotonic() > end: sys.exit('no answer to %d' % i)
      print('answered', i, 'again', again)
      """;

  private static SluiceProcess in(Wire wire) throws Exception {
    return SluiceProcess.prepare().under(wire.near().prefix()).launch();
  }

  /** Another cable from the near network, from its interface {@code back} to {@code rear}. */
  private static void plug(Wire wire, Namespace rear, String near, String... there)
      throws Exception {
    wire.near()
        .ip(
            "link add back address 02:00:00:00:01:01 type veth peer name rear netns %s address 02:00:00:00:01:02"
                .formatted(rear.name()));
    if (!near.isEmpty()) {
      wire.near().ip("addr add " + near + " dev back");
    }
    for (String address : there) {
      rear.ip("addr add " + address + " dev rear");
    }
    wire.near().ip("link set back up");
    rear.ip("link set rear up");
    wire.near().exec("ethtool", "-K", "back", "tx", "off");
    rear.exec("ethtool", "-K", "rear", "tx", "off");
  }

  private static Process serve(Namespace where, String address) throws Exception {
    Process server = where.spawn("/usr/bin/python3", "-c", SERVE, address, "5300", "5301");
    assertEquals("ready", server.inputReader().readLine());
    return server;
  }

  private static void end(Iterable<Process> processes) throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  /** A flow that lasts until it is ended. */
  private final class Flow {
    private final Process process;
    private final Path stop;

    Flow(Wire wire, String host, int port, int source, int patience) throws Exception {
      stop = Files.createTempFile(folder, "stop", "");
      Files.delete(stop);
      process =
          wire.far()
              .spawn(
                  "/usr/bin/python3",
                  "-c",
                  FLOW,
                  host,
                  Integer.toString(port),
                  Integer.toString(source),
                  Integer.toString(patience),
                  stop.toString());
    }

    /** How often it had to ask again. */
    int end(String what) throws Exception {
      assertTrue(process.isAlive(), "the traffic has lasted until now");
      Files.createFile(stop);
      String told =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      process.waitFor();
      System.out.println(what + ": " + told);
      Matcher matcher = Pattern.compile("answered (\\d+) again (\\d+)").matcher(told);
      assertTrue(matcher.matches(), told);
      assertNotEquals("0", matcher.group(1), told);
      return Integer.parseInt(matcher.group(2));
    }
  }

  /** The bundle is replaced while traffic flows; all of it is answered in the end. */
  private static void replace(SluiceProcess sluice, String file, byte[] jar) throws Exception {
    sluice.put(sluice.plugins().resolve(file), PluginJar.revision(jar, "1.0.1"));
    sluice.awaitTrue(
        "the new revision", () -> sluice.command("host:plugins").out().contains("1.0.1"));
  }

  /** The best driver goes and comes back; what works by one works by the other. */
  private static void change(SluiceProcess sluice, Callable<?> use) throws Exception {
    BundleSwitch bundles = BundleSwitch.in(sluice);
    bundles.off("org.sluice.packet.xdp");
    sluice.awaitTrue(
        "the next best driver", () -> sluice.command("packet:ports").out().contains("afpacket"));
    use.call();
    bundles.on("org.sluice.packet.xdp");
    sluice.awaitTrue(
        "the best driver",
        () -> {
          String ports = sluice.command("packet:ports").out();
          return ports.contains("xdp") && !ports.contains("afpacket");
        });
  }

  private static void committed(SluiceProcess sluice, String pid, String text) throws Exception {
    sluice.config(pid, text);
    sluice.awaitCommitted();
  }

  private static long number(JsonValue row, String key) {
    return Long.parseLong(Namespace.text(row, key));
  }

  @Test
  void echo() throws Exception {
    byte[] jar = ExampleBuild.jar(folder, "packet-echo", "com.example.echo");
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.config("com.example.echo", echoing("10.99.0.1", 9000));
      sluice.put(sluice.plugins().resolve("echo.jar"), jar);
      told("300", wire.python(EngineTest.ASK, "10.99.0.1", "9000", "300"));
      long answered = number(sluice.command("echo:count", "--json").json(), "answered");
      assertTrue(answered >= 300, answered + " answers");
      // The host has the rest.
      wire.far().exec("ping", "-c", "1", "-W", "30", "10.99.0.1");

      // Another echo would be answered for ever.
      wire.python(
          "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 9000));"
              + " s.sendto(b'loop', ('10.99.0.1', 9000))");
      sluice.awaitTrue(
          "it to be ignored",
          () -> number(sluice.command("echo:count", "--json").json(), "ignored") == 1);

      // Elsewhere, by the same port: what was counted until now is.
      committed(sluice, "com.example.echo", echoing("fd99::1", 9001));
      told("50", wire.python(EngineTest.ASK, "fd99::1", "9001", "50"));
      long more = number(sluice.command("echo:count", "--json").json(), "answered");
      assertTrue(more >= answered + 50, more + " answers after " + answered);

      Flow flow = new Flow(wire, "fd99::1", 9001, 30_000, 200);
      replace(sluice, "echo.jar", jar);
      told("1", wire.python(EngineTest.ASK, "fd99::1", "9001", "1"));
      flow.end("packet-echo replaced");
      assertTrue(sluice.command("packet:ports").out().contains("xdp"), "by the same driver");

      flow = new Flow(wire, "fd99::1", 9001, 30_000, 200);
      change(sluice, () -> wire.python(EngineTest.ASK, "fd99::1", "9001", "1"));
      told("1", wire.python(EngineTest.ASK, "fd99::1", "9001", "1"));
      flow.end("packet-echo, driver gone and back");

      Files.delete(sluice.plugins().resolve("echo.jar"));
      ExampleLife.leavesNothing(sluice, wire.near(), "near", "com.example.echo", "packet.engine/n");
    }
  }

  private static String echoing(String address, int port) {
    return """
        { "link": "near", "address": "%s", "port": %d }
        """
        .formatted(address, port);
  }

  private static void told(String answered, String asked) {
    assertTrue(asked.contains("answered " + answered + " "), asked);
  }

  /** Sends frames that nobody else knows back as they came. */
  private static final String MIRROR =
      """
      import socket
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
      s.bind(('rear', 0x88b5))
      print('ready', flush=True)
      while True:
          s.send(s.recv(4096))
      """;

  /** Sends frames of all lengths, each again until it comes back. */
  private static final String FRAMES =
      """
      import random, socket, sys
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
      s.bind(('far', 0x88b5)); s.settimeout(1)
      r = random.Random(7)
      for i in range(200):
          frame = bytes.fromhex('02000000010202000000000288b5') + r.randbytes(46 + i * 1454 // 199)
          for attempt in range(60):
              s.send(frame)
              try:
                  while s.recv(4096) != frame: pass
                  break
              except socket.timeout: pass
          else: sys.exit('frame %d of %d bytes did not come back' % (i, len(frame)))
      print('back 200')
      """;

  @Test
  void pump() throws Exception {
    byte[] jar = ExampleBuild.jar(folder, "packet-pump", "com.example.pump");
    List<Process> servers = new ArrayList<>();
    try (Wire wire = Wire.create();
        Namespace rear = Namespace.create()) {
      plug(wire, rear, "", "10.99.0.3/24");
      servers.add(serve(rear, "10.99.0.3"));
      try (SluiceProcess sluice = in(wire)) {
        sluice.config("com.example.pump", pumping(", \"checked\": true"));
        sluice.put(sluice.plugins().resolve("pump.jar"), jar);
        until(wire.far(), "ping -c 1 -W 1 10.99.0.3");
        Process mirror = rear.spawn("/usr/bin/python3", "-c", MIRROR);
        servers.add(mirror);
        assertEquals("ready", mirror.inputReader().readLine());
        assertEquals("back 200", wire.python(FRAMES).strip());
        // The server answers with its name before it all; both ways, in every length.
        assertEquals(
            300, wire.python(CLIENTS, "10.99.0.3", "5300", "20000", "300").lines().count());
        for (JsonValue row : rows(sluice, "pump:count")) {
          assertTrue(number(row, "packets") >= 300, row::toString);
        }
        assertFalse(sluice.log().contains("nothing is forwarded"), sluice.log());

        Flow flow = new Flow(wire, "10.99.0.3", 5300, 30_000, 200);
        committed(sluice, "com.example.pump", pumping(""));
        replace(sluice, "pump.jar", jar);
        until(wire.far(), "ping -c 1 -W 1 10.99.0.3");
        flow.end("packet-pump replaced");
        assertFalse(sluice.log().contains("nothing is forwarded"), sluice.log());

        // A cable that is pulled and plugged in again.
        wire.near().ip("link del back");
        sluice.awaitTrue(
            "the pump to miss it", () -> sluice.log().contains("nothing is forwarded"));
        plug(wire, rear, "", "10.99.0.3/24");
        until(wire.far(), "ping -c 1 -W 1 10.99.0.3");

        Files.delete(sluice.plugins().resolve("pump.jar"));
        for (String link : List.of("near", "back")) {
          ExampleLife.leavesNothing(
              sluice, wire.near(), link, "com.example.pump", "com.example.pum");
        }
      }
    } finally {
      end(servers);
    }
  }

  private static String pumping(String more) {
    return """
        { "left": "near", "right": "back"%s }
        """
        .formatted(more);
  }

  private static void until(Namespace from, String command) throws Exception {
    from.exec("bash", "-c", "for i in $(seq 60); do " + command + " && exit 0; done; exit 1");
  }

  private static List<JsonValue> rows(SluiceProcess sluice, String command) {
    return Namespace.items(sluice.command(command, "--json").json());
  }

  /** Which backend answered each port. */
  private static Map<Integer, String> answers(Wire wire) throws Exception {
    Map<Integer, String> answers = new HashMap<>();
    wire.python(CLIENTS, "10.99.0.1", "5300", "20000", "300")
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> answers.put(Integer.valueOf(words[0]), words[1]));
    assertEquals(300, answers.size());
    return answers;
  }

  private static long of(Map<Integer, String> answers, String backend) {
    return answers.values().stream().filter(backend::equals).count();
  }

  private static String balancing(String... backends) {
    return """
        { "front": "near", "back": "back", "address": "10.99.0.1", "port": 5300,
          "backends": ["%s"], "checkPort": 5301, "checkInterval": 100 }
        """
        .formatted(String.join("\", \"", backends));
  }

  private static void awaitAlive(SluiceProcess sluice, int number) throws Exception {
    sluice.awaitTrue(
        number + " backends to be alive",
        () -> {
          var answer = sluice.command("balancer:backends", "--json");
          return answer.exit() == 0
              && Namespace.items(answer.json()).stream()
                      .filter(row -> Namespace.text(row, "alive").equals("true"))
                      .count()
                  == number;
        });
  }

  @Test
  void balancer() throws Exception {
    byte[] jar = ExampleBuild.jar(folder, "load-balancer", "com.example.balancer");
    List<String> all = List.of("10.98.0.11", "10.98.0.12", "10.98.0.13");
    Map<String, Process> servers = new HashMap<>();
    try (Wire wire = Wire.create();
        Namespace rear = Namespace.create()) {
      plug(wire, rear, "10.98.0.1/24", "10.98.0.11/24", "10.98.0.12/24", "10.98.0.13/24");
      rear.ip("route add 10.99.0.0/24 via 10.98.0.1");
      for (String address : all) {
        servers.put(address, serve(rear, address));
      }
      try (SluiceProcess sluice = in(wire)) {
        String three = balancing("10.98.0.11", "10.98.0.12", "10.98.0.13");
        sluice.config("com.example.balancer", three);
        sluice.put(sluice.plugins().resolve("balancer.jar"), jar);
        awaitAlive(sluice, 3);
        Map<Integer, String> first = answers(wire);
        for (String backend : all) {
          assertTrue(of(first, backend) >= 70 && of(first, backend) <= 130, first::toString);
        }
        assertEquals(first, answers(wire), "a flow stays where it was");
        assertCounted(sluice, 600);
        sluice.awaitCommitted();

        // Refused as a whole, and what was in force is.
        sluice.config("com.example.balancer", three.replace("10.98.0.13", "10.98.0.13.1"));
        sluice.awaitTrue(
            "the bad address to be refused",
            () -> sluice.command("config:status").out().contains("is no address of IPv4"));
        assertEquals(first, answers(wire));

        // One dies: its flows go to the others, and come back with it.
        Objects.requireNonNull(servers.get("10.98.0.12")).destroyForcibly().waitFor();
        awaitAlive(sluice, 2);
        Map<Integer, String> without = answers(wire);
        assertEquals(0, of(without, "10.98.0.12"));
        assertStayed(first, without, "10.98.0.12");
        servers.put("10.98.0.12", serve(rear, "10.98.0.12"));
        awaitAlive(sluice, 3);
        assertEquals(first, answers(wire), "its flows come back");

        // One is taken out and put in again, and the flow of another one loses nothing.
        int source =
            first.entrySet().stream()
                .filter(flow -> flow.getValue().equals("10.98.0.11"))
                .findFirst()
                .orElseThrow()
                .getKey();
        Flow stays = new Flow(wire, "10.99.0.1", 5300, source, 20_000);
        for (int i = 0; i < 2; i++) {
          String text = i % 2 == 0 ? balancing("10.98.0.11", "10.98.0.12") : three;
          committed(sluice, "com.example.balancer", text);
        }
        assertEquals(0, stays.end("load-balancer, backends changed twice"));
        committed(sluice, "com.example.balancer", balancing("10.98.0.11", "10.98.0.12"));
        assertStayed(first, answers(wire), "10.98.0.13");
        change(sluice, () -> answers(wire));
        assertStayed(first, answers(wire), "10.98.0.13");

        Flow flow = new Flow(wire, "10.99.0.1", 5300, 30_000, 200);
        replace(sluice, "balancer.jar", jar);
        awaitAlive(sluice, 2);
        assertStayed(first, answers(wire), "10.98.0.13");
        flow.end("load-balancer replaced");

        Files.delete(sluice.plugins().resolve("balancer.jar"));
        for (String link : List.of("near", "back")) {
          ExampleLife.leavesNothing(
              sluice, wire.near(), link, "com.example.balancer", "com.example.bal");
        }
      }
    } finally {
      end(servers.values());
    }
  }

  /** All flows are where they were, but those of a backend that is gone. */
  private static void assertStayed(
      Map<Integer, String> before, Map<Integer, String> now, String gone) {
    before.forEach(
        (port, backend) -> {
          if (backend.equals(gone)) {
            assertNotEquals(gone, now.get(port), "the flow of port " + port);
          } else {
            assertEquals(backend, now.get(port), "the flow of port " + port);
          }
        });
  }

  private static void assertCounted(SluiceProcess sluice, long least) {
    JsonValue sum = sluice.command("balancer:traffic", "--json").json();
    assertTrue(number(sum, "forwarded") >= least, sum::toString);
    assertTrue(number(sum, "answered") >= least, sum::toString);
    List<JsonValue> rows = rows(sluice, "balancer:backends");
    assertEquals(
        number(sum, "forwarded"), rows.stream().mapToLong(row -> number(row, "packets")).sum());
    assertEquals(
        number(sum, "answered"), rows.stream().mapToLong(row -> number(row, "answers")).sum());
  }
}
