// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** HTTP on a socket that systemd opened before the process was there. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SocketActivationTest {
  private static final String SWITCH =
      """
      package doorswitch;
      import org.osgi.framework.*;
      import org.osgi.service.component.annotations.*;
      @Component(
          service = Switch.class,
          property = {"osgi.command.scope=door", "osgi.command.function=cycle"})
      public final class Switch {
        private final BundleContext context;
        @Activate public Switch(BundleContext context) { this.context = context; }
        public String cycle(String name) throws Exception {
          for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
              bundle.stop();
              bundle.start();
            }
          }
          return "done";
        }
      }
      """;

  private static final String ACTIVATE = "systemd-socket-activate";

  @TempDir @Nullable Path folder;

  private Path home() throws IOException {
    return Files.createDirectories(notNull(folder).resolve("home"));
  }

  private static Path notNull(@Nullable Path path) {
    if (path == null) {
      throw new IllegalStateException("JUnit made no folder");
    }
    return path;
  }

  private static String script() throws IOException {
    return SluiceProcess.DIST.toRealPath().resolve("bin/sluice").toString();
  }

  @BeforeEach
  void assumeLauncher() throws Exception {
    assumeTrue(Shell.has(ACTIVATE), "systemd-socket-activate (package systemd) is missing");
  }

  /** Waits for as long as the process needs to start: the kernel keeps the connection. */
  private static HttpResponse<String> get(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(100))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void awaitLink(int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (true) {
      try {
        if (get(port, "/api/v1/links/lo").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // A connection that was under way while the server was exchanged.
        assertTrue(System.nanoTime() < end, e::toString);
      }
      assertTrue(System.nanoTime() < end, "HTTP does not answer");
      Thread.sleep(50);
    }
  }

  /** Ports on which this process listens. */
  private static List<Integer> listening(long pid) throws Exception {
    String table = Shell.run("ss", "-Hltnp").text();
    return table
        .lines()
        .filter(line -> line.contains("pid=" + pid + ","))
        .map(line -> line.strip().split("\\s+")[3])
        .map(address -> Integer.valueOf(address.substring(address.lastIndexOf(':') + 1)))
        .distinct()
        .toList();
  }

  @Test
  void theSocketOfThisNameServesHttpAndNothingElseListens() throws Exception {
    assumeTrue(Shell.has("ss"), "ss (package iproute2) is missing");
    int other = SluiceProcess.freePort();
    int port = SluiceProcess.freePort();
    String home = home().toString();
    try (Shell.Running running =
        Shell.start(
            null,
            Map.of(),
            ACTIVATE,
            "-E",
            "JAVA_HOME",
            "-l",
            "127.0.0.1:" + other,
            "-l",
            "127.0.0.1:" + port,
            "--fdname=other:http",
            script(),
            "run",
            "--home",
            home)) {
      running.awaitText("Listening on 127.0.0.1:" + port);
      // This first one is what starts it.
      awaitLink(port);
      running.awaitText("sluice is up");
      long pid = running.process().pid();
      assertEquals(List.of(port), listening(pid));
      String environment =
          new String(
              Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")),
              StandardCharsets.UTF_8);
      assertFalse(environment.contains("LISTEN_"), environment);

      // Bundles come and go; the socket stays.
      Path plugin = home().resolve("plugins/doorswitch.jar");
      Path beside = home().resolve("doorswitch.tmp");
      Files.write(beside, PluginJar.named("doorswitch", "1.0.0").source(SWITCH).make().bytes());
      Files.move(beside, plugin);
      running.awaitText("doorswitch");
      for (String bundle : List.of("org.sluice.ops.rest", "org.apache.felix.http.jetty12")) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Shell.Ended cycled;
        do {
          cycled = Shell.run(script(), "--home", home, "door:cycle", bundle);
          Thread.sleep(50);
        } while (cycled.exit() != 0 && System.nanoTime() < end);
        assertEquals(0, cycled.exit(), cycled.text());
        awaitLink(port);
        assertEquals(List.of(port), listening(pid), bundle);
      }
      running.process().destroy();
      assertEquals(0, running.end().exit(), running.text());
    }
  }

  @Test
  void aSocketForSomebodyElseIsLeftAloneAndAmbiguousOnesAreRefused() throws Exception {
    String home = home().toString();
    int port = SluiceProcess.freePort();
    try (Shell.Running running =
        Shell.start(
            null,
            Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1", "LISTEN_FDNAMES", "http"),
            script(),
            "run",
            "--home",
            home,
            "--http",
            "127.0.0.1:" + port)) {
      running.awaitText("sluice is up");
      awaitLink(port);
      running.process().destroy();
      assertEquals(0, running.end().exit(), running.text());
    }
    Shell.Ended none = Shell.run(script(), "run", "--home", home, "--http", "inherited");
    assertEquals(2, none.exit(), none.text());
    assertTrue(none.text().contains("no listening TCP socket"), none.text());
    refused(home, "is named http", "a:b");
    refused(home, "two sockets are named http", "http:http");
  }

  /** Started with two sockets, it ends with a reason. */
  private static void refused(String home, String why, String names) throws Exception {
    int port = SluiceProcess.freePort();
    List<String> command = new java.util.ArrayList<>(List.of(ACTIVATE, "-E", "JAVA_HOME"));
    command.addAll(List.of("-l", "127.0.0.1:" + port, "--fdname=" + names));
    command.addAll(List.of("-l", "127.0.0.1:" + SluiceProcess.freePort()));
    command.addAll(List.of(script(), "run", "--home", home));
    try (Shell.Running running = Shell.start(null, Map.of(), command.toArray(String[]::new))) {
      running.awaitText("Listening on 127.0.0.1:" + port);
      try (var client = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
        assertTrue(client.isConnected());
        Shell.Ended ended = running.end();
        assertEquals(2, ended.exit(), ended.text());
        assertTrue(ended.text().contains(why), ended.text());
      }
    }
  }
}
