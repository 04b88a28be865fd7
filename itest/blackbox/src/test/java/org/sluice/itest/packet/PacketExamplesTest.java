// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.docs.ExampleBuild;
import org.sluice.itest.net.Namespace;

/** The examples of packet plugins do what their pages say, with real traffic. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PacketExamplesTest {
  @TempDir Path folder;

  /**
   * How the names of the threads begin that call handlers; the first letter of the link follows.
   */
  private static final String ENGINE = "packet.engine/";

  private static final Pattern PROGRAM = Pattern.compile("prog/xdp id (\\d+)");

  @Test
  void pingResponder() throws Exception {
    byte[] jar = ExampleBuild.jar(folder, "ping-responder", "com.example.ping");
    try (Wire wire = Wire.create();
        SluiceProcess sluice = SluiceProcess.prepare().under(wire.near().prefix()).launch()) {
      sluice.config("com.example.ping", responder("", "10.99.0.77", "fd99::77"));
      sluice.put(sluice.plugins().resolve("ping.jar"), jar);
      answers(wire, "10.99.0.77");
      answers(wire, "fd99::77");
      // The host still answers for itself.
      answers(wire, "10.99.0.1");
      answers(wire, "fd99::1");
      silent(wire, "10.99.0.78");

      // Another address, while the interface belongs to the plugin alone.
      wire.near().ip("addr flush dev near");
      sluice.config(
          "com.example.ping", responder("\"packet.driver\": \"xdp\",", "10.99.0.78", "fd99::78"));
      answers(wire, "10.99.0.78");
      answers(wire, "fd99::78");
      silent(wire, "10.99.0.77");
      assertTrue(wire.near().ip("-d link show near").contains("xdp"), "a program is attached");

      // Replaced while questions flow: each is answered in the end.
      Process pings = wire.far().spawn("ping", "-q", "-i", "0.02", "10.99.0.78");
      sluice.put(sluice.plugins().resolve("ping.jar"), PluginJar.revision(jar, "1.0.1"));
      sluice.awaitTrue(
          "the new revision", () -> sluice.command("host:plugins").out().contains("1.0.1"));
      answers(wire, "10.99.0.78");
      assertTrue(pings.isAlive(), "the questions have lasted until now");
      new ProcessBuilder("kill", "-INT", Long.toString(pings.pid())).start().waitFor();
      String told = new String(pings.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      pings.waitFor();
      Matcher received = Pattern.compile("\\d+ packets transmitted, (\\d+) received").matcher(told);
      assertTrue(received.find(), told);
      System.out.println("ping-responder replaced: " + received.group());
      assertTrue(Integer.parseInt(received.group(1)) > 0, told);
      answers(wire, "10.99.0.78");

      Files.delete(sluice.plugins().resolve("ping.jar"));
      ExampleLife.leavesNothing(sluice, wire.near(), "near", "com.example.ping", ENGINE + "n");
      silent(wire, "10.99.0.78");
    }
  }

  private static String responder(String more, String... addresses) {
    return """
        {
          "packet.interface": "near",
          %s
          "mac": "02:00:00:00:00:01",
          "addresses": ["%s"]
        }
        """
        .formatted(more, String.join("\", \"", addresses));
  }

  /** Asks until it is answered: who asks may have heard a moment ago that nobody is there. */
  private static void answers(Wire wire, String address) throws Exception {
    wire.far()
        .exec(
            "bash",
            "-c",
            "for i in $(seq 60); do ping -c 1 -W 1 " + address + " && exit 0; done; exit 1");
  }

  private static void silent(Wire wire, String address) throws Exception {
    assertEquals(
        "silent",
        wire.far()
            .exec("bash", "-c", "ping -c 2 -W 1 " + address + " >/dev/null || echo -n silent"));
  }

  /** Serves the word "here" at each of two ports, and sends datagrams back. */
  private static final String SERVE =
      """
      import http.server, socket, threading
      class Here(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.send_response(200); self.end_headers(); self.wfile.write(b'here')
          def log_message(self, *a): pass
      for port in (8080, 8081):
          server = http.server.ThreadingHTTPServer(('10.98.0.2', port), Here)
          threading.Thread(target=server.serve_forever, daemon=True).start()
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('10.98.0.2', 9000))
      while True:
          data, peer = s.recvfrom(2048); s.sendto(data, peer)
      """;

  /** Datagrams, each asked again until it is answered, until a file is there; tells how often. */
  private static final String ASK =
      """
      import socket, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.2); again = 0
      import os, itertools
      for i in itertools.count():
          if os.path.exists(sys.argv[1]): break
          for attempt in range(300):
              s.sendto(b'%d' % i, ('10.98.0.2', 9000))
              try:
                  while s.recv(2048) != b'%d' % i: pass
                  break
              except socket.timeout: again += 1
          else: sys.exit('no answer to %d' % i)
      print('answered', i, 'again', again)
      """;

  @Test
  void firewall() throws Exception {
    byte[] jar = ExampleBuild.jar(folder, "firewall", "com.example.firewall");
    try (Namespace wall = Namespace.create();
        Namespace client = Namespace.create();
        Namespace server = Namespace.create();
        SluiceProcess sluice = SluiceProcess.prepare().under(wall.prefix()).launch()) {
      cable(wall, "inside", client, 1);
      cable(wall, "outside", server, 2);
      Process serving = server.spawn("/usr/bin/python3", "-c", SERVE);
      try {
        sluice.config("com.example.firewall", rules("allow icmp from any to any"));
        sluice.put(sluice.plugins().resolve("firewall.jar"), jar);
        until(client, "ping -c 1 -W 1 10.98.0.2");
        until(server, "ping -c 1 -W 1 10.98.0.1");
        assertEquals("refused", get(client, 8080));

        // Refused as a whole, at its place; what was in force is.
        sluice.config("com.example.firewall", rules("allow tpc from any to any"));
        sluice.awaitTrue(
            "the bad rule to be refused",
            () -> sluice.command("config:status").out().contains("'tpc' stands where"));
        until(client, "ping -c 1 -W 1 10.98.0.2");

        String open =
            rules(
                "allow icmp from any to any",
                "allow tcp from 10.98.0.1 to 10.98.0.2 port 8080 and back",
                "allow udp from any to 10.98.0.0/24 port 9000 and back");
        sluice.config("com.example.firewall", open);
        until(client, "curl -sf -m 2 http://10.98.0.2:8080");
        assertEquals("refused", get(client, 8081));
        Path stop = folder.resolve("stop");
        Process first = client.spawn("/usr/bin/python3", "-c", ASK, stop.toString());
        Files.createFile(stop);
        told("at rest: ", first);
        String counted = sluice.command("firewall:rules").out();
        assertTrue(counted.contains("port 8080 and back"), counted);

        // Rules change while traffic flows: the ports stay as they are.
        String program = program(wall);
        long before = received(sluice);
        Files.delete(stop);
        Process asking = client.spawn("/usr/bin/python3", "-c", ASK, stop.toString());
        for (int i = 0; i < 10; i++) {
          sluice.config(
              "com.example.firewall", open.replace("8080", Integer.toString(8081 - i % 2)));
          sluice.awaitCommitted();
        }
        assertTrue(asking.isAlive(), "the traffic has lasted until now");
        Files.createFile(stop);
        told("rules changed ten times: ", asking);
        assertEquals(program, program(wall), "the program was not attached anew");
        assertTrue(received(sluice) > before, "the port counts on");

        // The bundle is replaced while traffic flows.
        Files.delete(stop);
        asking = client.spawn("/usr/bin/python3", "-c", ASK, stop.toString());
        sluice.put(sluice.plugins().resolve("firewall.jar"), PluginJar.revision(jar, "1.0.1"));
        sluice.awaitTrue(
            "the new revision", () -> sluice.command("host:plugins").out().contains("1.0.1"));
        assertTrue(asking.isAlive(), "the traffic has lasted until now");
        Files.createFile(stop);
        told("bundle replaced: ", asking);

        Files.delete(sluice.plugins().resolve("firewall.jar"));
        ExampleLife.leavesNothing(sluice, wall, "inside", "com.example.firewall", ENGINE + "i");
        ExampleLife.leavesNothing(sluice, wall, "outside", "com.example.firewall", ENGINE + "o");
        assertEquals("refused", get(client, 8080));
      } finally {
        serving.destroy();
        serving.waitFor();
      }
    }
  }

  private static void told(String what, Process asking) throws Exception {
    String told = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asking.waitFor();
    System.out.print("firewall, " + what + told);
    assertTrue(told.contains("answered"), told);
  }

  private static String rules(String... rules) {
    return """
        { "inside": "inside", "outside": "outside", "rules": ["%s"] }
        """
        .formatted(String.join("\", \"", rules));
  }

  private static void cable(Namespace wall, String name, Namespace host, int number)
      throws Exception {
    wall.ip("link add " + name + " type veth peer name eth0 netns " + host.name());
    wall.ip("link set " + name + " up");
    host.ip("addr add 10.98.0." + number + "/24 dev eth0");
    host.ip("link set eth0 up");
    host.exec("ethtool", "-K", "eth0", "tx", "off");
  }

  private static void until(Namespace from, String command) throws Exception {
    from.exec(
        "bash", "-c", "for i in $(seq 60); do " + command + " && exit 0; sleep 1; done; exit 1");
  }

  private static String get(Namespace from, int port) throws Exception {
    return from.exec(
        "bash", "-c", "curl -sf -m 2 http://10.98.0.2:" + port + " || echo -n refused");
  }

  private static String program(Namespace wall) throws Exception {
    Matcher matcher = PROGRAM.matcher(wall.ip("-d link show inside"));
    assertTrue(matcher.find());
    return matcher.group(1);
  }

  private static long received(SluiceProcess sluice) {
    String ports = sluice.command("packet:ports", "--json").out();
    Matcher matcher = Pattern.compile("\"received\": (\\d+)").matcher(ports);
    assertTrue(matcher.find(), ports);
    assertFalse(matcher.group(1).isEmpty());
    return Long.parseLong(matcher.group(1));
  }
}
