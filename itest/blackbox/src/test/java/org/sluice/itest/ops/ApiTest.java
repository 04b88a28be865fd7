// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonValue;

/** {@code /api/v1}: what is described is answered, and who must not ask is refused. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ApiTest {
  private SluiceProcess sluice;

  @BeforeAll
  void start() throws Exception {
    sluice = Probe.patient();
    sluice.awaitTrue("the links", () -> Http.get(sluice, "/api/v1/links/lo").status() == 200);
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  @BeforeEach
  void well() {
    Probe.set(sluice, "resource", "ok");
  }

  private JsonValue description() throws Exception {
    return Http.get(sluice, "/api/v1/openapi.json").json();
  }

  @Test
  void everyPathDescribedAnswersAsDescribed() throws Exception {
    JsonValue document = description();
    assertEquals("3.1.0", Json.text(document, "openapi"));
    List<String> asked = new ArrayList<>();
    for (JsonValue.Member path : ((JsonValue.Obj) Json.member(document, "paths")).members()) {
      JsonValue content =
          Json.member(
              Json.member(Json.member(Json.member(path.value(), "get"), "responses"), "200"),
              "content");
      if (content instanceof JsonValue.Obj types && types.get("application/json") != null) {
        JsonValue schema = Json.member(Json.member(types, "application/json"), "schema");
        for (String concrete : concrete(path.name())) {
          Http.Reply reply = Http.get(sluice, concrete);
          assertEquals(200, reply.status(), concrete + reply);
          assertEquals(List.of(), Schema.judge(reply.json(), schema, document), concrete);
          asked.add(concrete);
        }
      }
    }
    assertTrue(asked.contains("/api/v1/links/lo"), asked.toString());
    assertTrue(asked.contains("/api/v1/probe/things/one?depth=2"), asked.toString());
    assertTrue(asked.size() >= 8, asked.toString());
  }

  /** A path with variables is asked for with what there is. */
  private static List<String> concrete(String path) {
    return switch (path) {
      case "/api/v1/links/{name}" -> List.of("/api/v1/links/lo");
      case "/api/v1/packet/probe/{link}" -> List.of("/api/v1/packet/probe/lo?match=arp");
      case "/api/v1/probe/things/{name}" ->
          List.of("/api/v1/probe/things/one?depth=2", "/api/v1/probe/things/x?depth=0");
      default -> {
        assertFalse(path.contains("{"), "this test must learn what to ask for: " + path);
        yield List.of(path);
      }
    };
  }

  @Test
  void theDescriptionTellsParametersAndEvents() throws Exception {
    JsonValue paths = Json.member(description(), "paths");
    String thing = Json.member(paths, "/api/v1/probe/things/{name}").toString();
    assertTrue(thing.contains("How many levels of parts, 0 to 3."), thing);
    String feed = Json.member(paths, "/api/v1/probe/numbers").toString();
    assertTrue(feed.contains("text/event-stream") && feed.contains("Last-Event-ID"), feed);
    assertTrue(feed.contains("x-events"), feed);
  }

  @Test
  void everyLineOfTheIndexIsDescribed() throws Exception {
    JsonValue.Obj paths = (JsonValue.Obj) Json.member(description(), "paths");
    List<JsonValue> index = Json.items(Http.get(sluice, "/api/v1").json());
    assertTrue(index.size() >= 8);
    index.forEach(line -> Json.member(paths, Json.text(line, "path")));
    assertEquals(
        index.stream().map(line -> Json.text(line, "path")).distinct().count() + 1,
        paths.members().size(),
        "a path may be both a resource and a stream");
  }

  @Test
  void thePageLinksToAllAndTakesNoHtmlFromBundles() throws Exception {
    Http.Reply page = Http.get(sluice, "/");
    assertEquals(200, page.status());
    assertTrue(page.header("content-type").startsWith("text/html"));
    for (String link : List.of("/health", "/metrics", "/api/v1/openapi.json", "/api/v1/links")) {
      assertTrue(page.body().contains("<a href=\"" + link + "\">"), link);
      assertEquals(200, Http.get(sluice, link).status());
    }
    assertTrue(page.body().contains("One &lt;thing&gt; &amp; its parts."), page.body());
  }

  @Test
  void failuresAreProblemsWithHelp() throws Exception {
    Http.Reply nowhere = Http.get(sluice, "/api/v1/nowhere");
    assertEquals(404, nowhere.status());
    assertEquals("nothing is offered at nowhere; /api/v1 lists what is", nowhere.detail());
    Http.Reply none = Http.get(sluice, "/api/v1/probe/things/none");
    assertEquals(404, none.status());
    assertEquals("there is no thing named none; try one", none.detail());
    Http.Reply number = Http.get(sluice, "/api/v1/probe/things/one?depth=x");
    assertEquals(400, number.status());
    assertTrue(number.detail().contains("x"), number.detail());
    Http.Reply unknown = Http.get(sluice, "/api/v1/probe/things/one?deep=1");
    assertEquals(400, unknown.status());
    assertEquals("unknown parameter \"deep\"; there are depth", unknown.detail());
    assertEquals(400, Http.get(sluice, "/api/v1/probe/things/one?depth=1&depth=2").status());
    Http.Reply type = Http.get(sluice, "/api/v1/links", "Accept: text/html");
    assertEquals(406, type.status());
    assertEquals("this is application/json; Accept asks for text/html", type.detail());
    assertEquals(406, Http.get(sluice, "/api/v1/events", "Accept: application/json").status());
    assertEquals(404, Http.get(sluice, "/elsewhere").status());
    for (Http.Reply reply : List.of(nowhere, none, number, unknown, type)) {
      JsonValue schema =
          Json.member(
              Json.member(
                  Json.member(
                      Json.member(
                          Json.member(Json.member(description(), "components"), "responses"),
                          "Problem"),
                      "content"),
                  "application/problem+json"),
              "schema");
      assertEquals(List.of(), Schema.judge(reply.json(), schema, description()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"throw", "error", "wrong"})
  void aResourceThatFailsGivesANumberThatIsInTheLog(String how) throws Exception {
    Probe.set(sluice, "resource", how);
    Http.Reply reply = Http.get(sluice, "/api/v1/probe/things/one");
    assertEquals(500, reply.status());
    String id = Json.text(reply.json(), "id");
    assertTrue(reply.detail().contains(id) && reply.detail().contains("probe"), reply.detail());
    assertFalse(reply.body().contains("on purpose"), "reasons are for the log");
    sluice.awaitTrue(
        "the log to have it",
        () ->
            sluice
                .log()
                .lines()
                .anyMatch(l -> l.contains("id=" + id) && l.contains(" bundle=probe ")));
  }

  @Test
  void aResourceThatHangsDoesNotTakeHttpWithIt() throws Exception {
    Probe.set(sluice, "resource", "hang");
    ExecutorService clients = Executors.newCachedThreadPool();
    try {
      List<Future<Integer>> asked = new ArrayList<>();
      Callable<Integer> ask = () -> Http.get(sluice, "/api/v1/probe/things/one").status();
      for (int i = 0; i < 100; i++) {
        asked.add(clients.submit(ask));
      }
      sluice.awaitTrue(
          "all but eight to be turned away",
          () -> asked.stream().filter(Future::isDone).count() == 92);
      for (Future<Integer> one : asked) {
        if (one.isDone()) {
          assertEquals(503, one.get());
        }
      }
      assertEquals(200, Http.get(sluice, "/health").status());
      assertEquals(200, Http.get(sluice, "/api/v1/links").status());
      Probe.set(sluice, "resource", "ok");
      for (Future<Integer> one : asked) {
        one.get(30, TimeUnit.SECONDS);
      }
      assertEquals(200, Http.get(sluice, "/api/v1/probe/things/one").status());
    } finally {
      Probe.set(sluice, "resource", "ok");
      clients.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9090",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::2]",
        "192.0.2.1",
        ""
      })
  void aNameThatIsNotOursIsRefusedEverywhere(String host) throws Exception {
    for (String path :
        List.of("/", "/health", "/metrics", "/api/v1/links", "/api/v1/events", "/nowhere")) {
      Http.Reply reply = Http.get(sluice, path, "Host: " + host);
      assertTrue(reply.status() == 421 || reply.status() == 400, path + " " + reply);
      assertFalse(reply.body().contains("\"mtu\""), reply.body());
    }
  }

  @Test
  void aRequestTargetWithAnotherNameIsRefused() throws Exception {
    Http.Reply reply = Http.send(sluice, "GET http://evil.example/health HTTP/1.1");
    assertTrue(reply.status() == 421 || reply.status() == 400, reply.toString());
    Http.Reply without = Http.send(sluice, "GET /health HTTP/1.0", "Host-missing");
    assertTrue(without.status() == 421 || without.status() == 400, without.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1", "127.8.8.8:1", "[::1]:9"})
  void ourNamesAreGood(String host) throws Exception {
    assertEquals(200, Http.get(sluice, "/health", "Host: " + host).status());
  }

  @Test
  void aNameMayBeAllowedWhileRunning() throws Exception {
    assertEquals(421, Http.get(sluice, "/health", "Host: edge.example").status());
    sluice.config("org.sluice.ops.rest", "{\"allowedHosts\": [\"Edge.Example\"]}");
    sluice.awaitTrue(
        "the name to be good",
        () -> Http.get(sluice, "/health", "Host: edge.example:9090").status() == 200);
    assertEquals(421, Http.get(sluice, "/health", "Host: evil.example").status());
    sluice.config("org.sluice.ops.rest", "{}");
    sluice.awaitTrue(
        "the name to be bad again",
        () -> Http.get(sluice, "/health", "Host: edge.example").status() == 421);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"})
  void nothingCanBeWritten(String method) throws Exception {
    for (String path : List.of("/", "/metrics", "/api/v1/links", "/api/v1", "/api/v1/events")) {
      Http.Reply reply = Http.send(sluice, method + " " + path + " HTTP/1.1", "Content-Length: 0");
      assertEquals(405, reply.status(), method + " " + path);
      assertEquals("GET, HEAD", reply.header("allow"));
      assertEquals("", reply.header("access-control-allow-origin"));
    }
  }

  @Test
  void answersKeepBrowsersStrict() throws Exception {
    for (String path : List.of("/", "/health", "/metrics", "/api/v1", "/api/v1/nowhere")) {
      Http.Reply reply = Http.get(sluice, path, "Origin: http://evil.example");
      assertEquals("nosniff", reply.header("x-content-type-options"), path);
      assertEquals("no-store", reply.header("cache-control"), path);
      assertEquals("same-origin", reply.header("cross-origin-resource-policy"), path);
      assertTrue(reply.header("content-security-policy").startsWith("default-src 'none'"), path);
      assertEquals("", reply.header("access-control-allow-origin"), path);
      assertEquals("", reply.header("server"), path);
      assertEquals("", reply.header("set-cookie"), path);
    }
  }

  @Test
  void headIsGetWithoutABody() throws Exception {
    Http.Reply head = Http.send(sluice, "HEAD /api/v1/links HTTP/1.1");
    assertEquals(200, head.status());
    assertEquals("", head.body());
    assertEquals(200, Http.send(sluice, "HEAD /api/v1/events HTTP/1.1").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/links/%2e%2e/config",
        "/api/v1/links/..%2fconfig",
        "/api/v1/../health",
        "/api/v1/links/%00",
        "/api/v1/links/%ff%fe",
        "/api/v1//links",
        "/api/v1/links/;x=1",
        "/api/v1/links?x=%zz"
      })
  void strangePathsDoNoHarm(String path) throws Exception {
    int status = Http.get(sluice, path).status();
    assertTrue(status == 200 || (status >= 400 && status < 500), path + " gave " + status);
  }

  @Test
  void whatAPluginOfferedGoesWithIt() throws Exception {
    try (SluiceProcess other = Probe.start()) {
      assertEquals(200, Http.get(other, "/api/v1/probe/things").status());
      Files.delete(other.plugins().resolve("probe.jar"));
      other.awaitTrue(
          "the path to be gone", () -> Http.get(other, "/api/v1/probe/things").status() == 404);
      // What one bundle offers goes one after the other.
      other.awaitTrue(
          "all paths to be gone",
          () -> !Http.get(other, "/api/v1/openapi.json").body().contains("/api/v1/probe/"));
    }
  }

  @Test
  void itListensOnLoopbackOnly() throws Exception {
    String port = ":%04X".formatted(sluice.port());
    List<String> listening = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = Path.of("/proc/" + sluice.process().pid() + "/net/" + table);
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words[1].endsWith(port) && words[3].equals("0A")) {
          listening.add(words[1]);
        }
      }
    }
    assertEquals(1, listening.size(), listening.toString());
    assertTrue(
        List.of("0100007F" + port, "0000000000000000FFFF00000100007F" + port)
            .contains(listening.getFirst()),
        listening.toString());
  }
}
