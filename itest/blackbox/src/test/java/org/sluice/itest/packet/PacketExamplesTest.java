// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.docs.ExampleProject;
import org.sluice.itest.net.Namespace;

/** The examples that move packets, built as a stranger builds them, with traffic. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class PacketExamplesTest {
  @TempDir Path folder;

  /** Answers each datagram with its own address, and has a port that checks can connect to. */
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

  /** Asks from many ports, again until answered, and prints a line for each: port, who answered. */
  private static final String CLIENTS =
      """
      import socket, sys
      host, port, first, count, rounds = sys.argv[1], *map(int, sys.argv[2:6])
      for round in range(rounds):
          for i in range(first, first + count):
              s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
              s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
              s.bind(('10.99.0.2', i))
              s.settimeout(0.2)
              text = ('%d %d %s' % (round, i, 'x' * (i % 1000))).encode()
              for attempt in range(300):
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

  /** The same bundle in other bytes, so that it is taken for a new one. */
  private static byte[] again(byte[] jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar));
        JarOutputStream out = new JarOutputStream(bytes, in.getManifest())) {
      ZipEntry entry;
      while ((entry = in.getNextEntry()) != null) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(out);
        out.closeEntry();
      }
      out.putNextEntry(new ZipEntry("again.txt"));
      out.write("again".getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return bytes.toByteArray();
  }

  private static String ended(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out;
  }

  private static void gone(SluiceProcess sluice, Wire wire, String jar) throws Exception {
    Files.delete(sluice.plugins().resolve(jar));
    sluice.awaitTrue(
        "the programs to be detached", () -> !wire.near().ip("-d link show").contains("xdp"));
    sluice.awaitTrue(
        "the ports to be closed", () -> !sluice.command("packet:ports").out().contains("xdp"));
    sluice.awaitTrue(
        "the threads to end",
        () -> sluice.threads().stream().noneMatch(name -> name.startsWith("com.example")));
    sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
  }

  @Test
  void echo() throws Exception {
    byte[] jar = ExampleProject.jar(folder, "packet-echo", "com.example.echo");
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire)) {
      sluice.config("com.example.echo", "{ \"link\": \"near\", \"port\": 9000 }");
      sluice.put(sluice.plugins().resolve("echo.jar"), jar);
      assertTrue(wire.python(EngineTest.ASK, "10.99.0.1", "9000", "500").contains("answered 500"));
      long counted = Long.parseLong(sluice.command("echo:count").out().strip());
      assertTrue(counted >= 500, counted + " answers");

      sluice.config("com.example.echo", "{ \"link\": \"near\", \"port\": 9001 }");
      assertTrue(wire.python(EngineTest.ASK, "10.99.0.1", "9001", "50").contains("answered 50"));
      sluice.awaitCommitted();

      Process asking =
          wire.far().spawn("/usr/bin/python3", "-c", EngineTest.ASK, "10.99.0.1", "9001", "20000");
      sluice.put(sluice.plugins().resolve("echo.jar"), again(jar));
      String answer = ended(asking);
      assertTrue(answer.contains("answered 20000"), answer);
      gone(sluice, wire, "echo.jar");
    }
  }

  @Test
  void pump() throws Exception {
    byte[] jar = ExampleProject.jar(folder, "packet-pump", "com.example.pump");
    try (Wire wire = Wire.create();
        Namespace rear = Namespace.create()) {
      plug(wire, rear, "", "10.99.0.3/24");
      Process server = rear.spawn("/usr/bin/python3", "-c", SERVE, "10.99.0.3", "5300", "5301");
      try (SluiceProcess sluice = in(wire)) {
        assertEquals("ready", server.inputReader().readLine());
        sluice.config(
            "com.example.pump", "{ \"left\": \"near\", \"right\": \"back\", \"checked\": true }");
        sluice.put(sluice.plugins().resolve("pump.jar"), jar);
        String lines = wire.python(CLIENTS, "10.99.0.3", "5300", "20000", "300", "10");
        assertEquals(3000, lines.lines().count());
        wire.far().exec("ping", "-c", "3", "-i", "0.2", "-W", "5", "10.99.0.3");
        var rows = sluice.command("pump:count", "--json").out();
        assertTrue(rows.contains("\"dropped\":0") || rows.contains("\"dropped\": 0"), rows);
        assertFalse(sluice.log().contains("is in the"), sluice.log());
        assertTrue(sluice.command("packet:ports").out().contains("back"));
        sluice.awaitCommitted();

        Process asking =
            wire.far()
                .spawn(
                    "/usr/bin/python3", "-c", CLIENTS, "10.99.0.3", "5300", "21000", "500", "20");
        sluice.config("com.example.pump", "{ \"left\": \"near\", \"right\": \"back\" }");
        sluice.put(sluice.plugins().resolve("pump.jar"), again(jar));
        String all = ended(asking);
        assertEquals(10_000, all.lines().count(), all);
        gone(sluice, wire, "pump.jar");
      } finally {
        server.destroyForcibly();
      }
    }
  }

  /** Which backend answered each port. */
  private static Map<String, String> answers(Wire wire, int count) throws Exception {
    Map<String, String> answers = new HashMap<>();
    wire.python(CLIENTS, "10.99.0.1", "5300", "20000", Integer.toString(count), "1")
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> answers.put(words[0], words[1]));
    assertEquals(count, answers.size());
    return answers;
  }

  private static long of(Map<String, String> answers, String backend) {
    return answers.values().stream().filter(backend::equals).count();
  }

  private static String balancing(String... backends) {
    return """
        { "front": "near", "back": "back", "address": "10.99.0.1", "port": 5300,
          "backends": [ %s ], "checkPort": 5301, "checkInterval": 200 }
        """
        .formatted(String.join(", ", Arrays.stream(backends).map(b -> '"' + b + '"').toList()));
  }

  private static int alive(SluiceProcess sluice) {
    String rows = sluice.command("balancer:backends", "--json").out();
    return rows.replace(" ", "").split("\"alive\":true", -1).length - 1;
  }

  @Test
  void balancer() throws Exception {
    byte[] jar = ExampleProject.jar(folder, "load-balancer", "com.example.balancer");
    List<String> all = List.of("10.98.0.11", "10.98.0.12", "10.98.0.13");
    Map<String, Process> servers = new HashMap<>();
    try (Wire wire = Wire.create();
        Namespace rear = Namespace.create()) {
      plug(wire, rear, "10.98.0.1/24", "10.98.0.11/24", "10.98.0.12/24", "10.98.0.13/24");
      rear.ip("route add 10.99.0.0/24 via 10.98.0.1");
      for (String address : all) {
        Process server = rear.spawn("/usr/bin/python3", "-c", SERVE, address, "5300", "5301");
        servers.put(address, server);
        assertEquals("ready", server.inputReader().readLine());
      }
      try (SluiceProcess sluice = in(wire)) {
        sluice.config("com.example.balancer", balancing(all.toArray(String[]::new)));
        sluice.put(sluice.plugins().resolve("balancer.jar"), jar);
        sluice.awaitTrue("three backends to be alive", () -> alive(sluice) == 3);
        Map<String, String> first = answers(wire, 300);
        for (String backend : all) {
          assertTrue(of(first, backend) > 50, backend + " has its share of " + first);
        }
        assertEquals(first, answers(wire, 300), "a flow stays where it was");

        java.util.Objects.requireNonNull(servers.get("10.98.0.12")).destroyForcibly().waitFor();
        sluice.awaitTrue("the dead one to be noticed", () -> alive(sluice) == 2);
        Map<String, String> second = answers(wire, 300);
        assertEquals(0, of(second, "10.98.0.12"));
        first.forEach(
            (port, backend) -> {
              if (!backend.equals("10.98.0.12")) {
                assertEquals(backend, second.get(port), "only the flows of the dead one move");
              }
            });

        sluice.awaitCommitted();
        sluice.config("com.example.balancer", balancing("10.98.0.11", "10.98.0.12"));
        sluice.awaitTrue(
            "the change", () -> !sluice.command("balancer:backends").out().contains("10.98.0.13"));
        assertEquals(300, of(answers(wire, 300), "10.98.0.11"));
        sluice.awaitCommitted();

        Process asking =
            wire.far()
                .spawn(
                    "/usr/bin/python3", "-c", CLIENTS, "10.99.0.1", "5300", "21000", "500", "20");
        sluice.put(sluice.plugins().resolve("balancer.jar"), again(jar));
        String lines = ended(asking);
        assertEquals(10_000, lines.lines().count(), lines);
        gone(sluice, wire, "balancer.jar");
      }
    } finally {
      servers.values().forEach(Process::destroyForcibly);
    }
  }
}
