// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonValue;

/** {@code /health} with a check that is ill, hangs and throws. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HealthTest {
  private SluiceProcess sluice;

  @BeforeAll
  void start() throws Exception {
    sluice = Probe.patient();
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  @BeforeEach
  void well() throws Exception {
    Probe.set(sluice, "health", "ok");
    Probe.set(sluice, "probe", "ready");
    sluice.awaitTrue("all to be well", () -> Http.get(sluice, "/health").status() == 200);
    sluice.awaitTrue("the check to say so", () -> Json.text(check(), "status").equals("OK"));
  }

  private JsonValue check() throws Exception {
    return check(sluice);
  }

  /** What is told of the check of the plugin. */
  private static JsonValue check(SluiceProcess of) throws Exception {
    JsonValue all = Json.member(Http.get(of, "/health").json(), "checks");
    return Json.items(all).stream()
        .filter(check -> Json.text(check, "name").equals("probe.health"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no probe.health in " + all));
  }

  private void awaitStatus(int status) throws Exception {
    sluice.awaitTrue("status " + status, () -> Http.get(sluice, "/health").status() == status);
  }

  @Test
  void wellIs200WithEveryCheck() throws Exception {
    Http.Reply reply = Http.get(sluice, "/health");
    assertEquals(200, reply.status());
    assertEquals("application/json;charset=utf-8", reply.header("content-type"));
    JsonValue check = check();
    assertEquals("READINESS", Json.text(check, "probe"));
    assertEquals("well", Json.text(check, "text"));
    assertTrue(Json.text(check, "since").endsWith("Z"));
    for (String own :
        new String[] {
          "host.start",
          "process.heap",
          "process.files",
          "process.disk",
          "process.threads",
          "process.privileges"
        }) {
      assertTrue(reply.body().contains("\"" + own + "\""), reply.body());
    }
  }

  @Test
  void criticalIs503WithRemedy() throws Exception {
    Probe.set(sluice, "health", "critical");
    awaitStatus(503);
    assertEquals("3 of 4 pumps stand still", Json.text(check(), "text"));
    assertEquals("start the pumps", Json.text(check(), "remedy"));
    assertEquals(200, Http.get(sluice, "/health/live").status());
    assertEquals(503, Http.get(sluice, "/health/ready").status());
    Http.Reply text = Http.get(sluice, "/health?format=text");
    assertEquals(503, text.status());
    assertTrue(text.body().startsWith("CRITICAL: 1 of "), text.body());
    assertTrue(text.body().contains("what to do: start the pumps"), text.body());
    assertEquals(
        text.body().lines().findFirst(),
        Http.get(sluice, "/health", "Accept: text/plain").body().lines().findFirst());
    SluiceProcess.Answer command = sluice.command("host:health");
    assertEquals(1, command.exit(), command.toString());
    assertTrue(command.out().contains("3 of 4 pumps stand still"), command.toString());
    sluice.awaitTrue(
        "the log to tell it",
        () -> sluice.log().contains("health of probe.health is CRITICAL, was OK"));
  }

  @Test
  void warningIs200() throws Exception {
    Probe.set(sluice, "health", "warn");
    sluice.awaitTrue("the warning", () -> Json.text(check(), "status").equals("WARN"));
    Http.Reply reply = Http.get(sluice, "/health");
    assertEquals(200, reply.status());
    assertEquals("WARN", Json.text(reply.json(), "status"));
    assertEquals(0, sluice.command("host:health").exit());
  }

  @Test
  void livenessIsItsOwnQuestion() throws Exception {
    Probe.set(sluice, "probe", "live");
    Probe.set(sluice, "health", "critical");
    sluice.awaitTrue("liveness to fail", () -> Http.get(sluice, "/health/live").status() == 503);
    assertEquals(200, Http.get(sluice, "/health/ready").status());
  }

  @Test
  void aCheckThatHangsIsCriticalAndHoldsUpNobody() throws Exception {
    // Its patience is the one it has by itself, which is short.
    try (SluiceProcess other = Probe.start()) {
      other.awaitTrue("all to be well", () -> Http.get(other, "/health").status() == 200);
      Probe.set(other, "health", "hang");
      other.awaitTrue(
          "the check to be told with its place",
          () -> {
            String text = Json.text(check(other), "text");
            return text.startsWith("no answer for ") && text.contains("probe.Switch.behave");
          });
      for (int i = 0; i < 20; i++) {
        assertEquals(503, Http.get(other, "/health").status());
      }
      assertEquals(1, threads(other, "ops.health/check"), "one thread hangs, not one a request");
      assertEquals(200, Http.get(other, "/metrics").status());
      Probe.set(other, "health", "ok");
      other.awaitTrue("all to be well again", () -> Http.get(other, "/health").status() == 200);
    }
  }

  /** What waits for work may be counted with what hangs; so it is given time to end. */
  private static long threads(SluiceProcess of, String name) throws Exception {
    return of.await(
        "idle threads to end",
        () -> {
          long count = count(of, name);
          return count <= 1 ? count : null;
        });
  }

  private static long count(SluiceProcess of, String name) throws IOException {
    // The kernel keeps 15 characters of a name.
    String known = name.substring(0, 15);
    return of.threads().stream().filter(thread -> thread.startsWith(known)).count();
  }

  @ParameterizedTest
  @CsvSource({
    "throw, the check threw java.lang.IllegalStateException: thrown on purpose by health",
    "error, the check threw java.lang.NoClassDefFoundError: gone/Away",
    "null, the check answered nothing"
  })
  void aCheckThatFailsIsCritical(String how, String text) throws Exception {
    Probe.set(sluice, "health", how);
    awaitStatus(503);
    assertEquals(text, Json.text(check(), "text"));
  }

  @Test
  void aCheckGoesWithItsPlugin() throws Exception {
    try (SluiceProcess other = Probe.start()) {
      Probe.set(other, "health", "hang");
      other.awaitTrue("it to hang", () -> Http.get(other, "/health").status() == 503);
      Files.delete(other.plugins().resolve("probe.jar"));
      other.awaitTrue(
          "the check to be gone",
          () -> {
            Http.Reply reply = Http.get(other, "/health");
            return reply.status() == 200 && !reply.body().contains("probe.health");
          });
    }
  }

  @Test
  void healthCanOnlyBeRead() throws Exception {
    for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
      Http.Reply reply = Http.send(sluice, method + " /health HTTP/1.1", "Content-Length: 0");
      assertEquals(405, reply.status(), method);
      assertEquals("GET, HEAD", reply.header("allow"));
    }
    Http.Reply head = Http.send(sluice, "HEAD /health HTTP/1.1");
    assertEquals(200, head.status());
    assertEquals("", head.body());
    assertEquals(400, Http.get(sluice, "/health?format=xml").status());
    assertFalse(head.header("content-length").isEmpty());
  }
}
