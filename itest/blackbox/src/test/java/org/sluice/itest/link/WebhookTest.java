// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.sluice.itest.net.Namespace.text;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/**
 * A web server that is told. What happens is what is so at the start: that there is a loopback link
 * holds on every host, and is observed without a change to it.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class WebhookTest {
  private static final String PID = "org.sluice.link.hooks.webhook~test";

  private record Request(
      String event,
      String number,
      String delivery,
      String attempt,
      String signature,
      String body) {}

  /** Answers the first requests as it was told, and the rest with 204. */
  private static final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    Receiver(int... first) throws Exception {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/hook", exchange -> answer(exchange, first));
      server.start();
    }

    private void answer(HttpExchange exchange, int... first) throws java.io.IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var headers = exchange.getRequestHeaders();
      int answer = requests.size() < first.length ? first[requests.size()] : 204;
      requests.add(
          new Request(
              String.valueOf(headers.getFirst("Sluice-Event")),
              String.valueOf(headers.getFirst("Sluice-Number")),
              String.valueOf(headers.getFirst("Sluice-Delivery")),
              String.valueOf(headers.getFirst("Sluice-Attempt")),
              String.valueOf(headers.getFirst("Sluice-Signature")),
              body));
      exchange.sendResponseHeaders(answer, -1);
      exchange.close();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static String config(Receiver receiver, String more) {
    return "{ \"url\": \""
        + receiver.url()
        + "\", \"initial\": true, \"interfaces\": [\"lo\"]"
        + more
        + " }";
  }

  /** The shell answers before HTTP does. */
  private static String page(SluiceProcess sluice, String path) throws Exception {
    return sluice.await(
        "HTTP",
        () -> {
          try {
            return sluice.http(path).body();
          } catch (ConnectException e) {
            return null;
          }
        });
  }

  private static double metric(SluiceProcess sluice, String name) throws Exception {
    return page(sluice, "/metrics")
        .lines()
        .filter(line -> line.startsWith(name + "{webhook=\"test\"} "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf("} ") + 2)))
        .sum();
  }

  @Test
  void aServerThatFailsFirstIsToldAgainAndCanTellWhoSpeaks() throws Exception {
    try (Receiver receiver = new Receiver(500, 503);
        SluiceProcess sluice = SluiceProcess.prepare()) {
      Path secret = Files.writeString(sluice.home().resolve("secret"), "correct horse\n");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
      sluice.config(
          PID,
          config(receiver, ", \"events\": [\"link-added\"], \"secretFile\": \"" + secret + "\""));
      sluice.launch();
      sluice.awaitTrue("three tries", () -> receiver.requests.size() >= 3);
      List<Request> tries = List.copyOf(receiver.requests).subList(0, 3);
      assertEquals(List.of("1", "2", "3"), tries.stream().map(Request::attempt).toList());
      assertEquals(1, tries.stream().map(Request::delivery).distinct().count());
      assertEquals(1, tries.stream().map(Request::body).distinct().count());
      for (Request one : tries) {
        assertEquals(signature("correct horse", one), one.signature());
      }
      JsonValue told = Namespace.json(tries.getFirst().body());
      assertEquals("lo", text(told, "link"));
      assertEquals("link-added", text(told, "event"));
      assertEquals("true", text(told, "initial"));
      assertEquals(tries.getFirst().number(), text(told, "number"));
      assertEquals("link-added", tries.getFirst().event());
      sluice.awaitTrue("the counts", () -> metric(sluice, "sluice_webhooks_sent_total") == 1);
      assertEquals(2, metric(sluice, "sluice_webhooks_retries_total"));
      assertEquals(0, metric(sluice, "sluice_webhooks_failed_total"));
    }
  }

  private static String signature(String secret, Request request) throws Exception {
    String time = request.signature().substring(2, request.signature().indexOf(','));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] digest = mac.doFinal((time + "." + request.body()).getBytes(StandardCharsets.UTF_8));
    return "t=" + time + ",v1=" + HexFormat.of().formatHex(digest);
  }

  @Test
  void whatTheServerRefusesIsNotRepeatedAndTheNextIsTold() throws Exception {
    try (Receiver receiver = new Receiver(400);
        SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.config(PID, config(receiver, ""));
      sluice.launch();
      sluice.awaitTrue("two messages", () -> receiver.requests.size() >= 2);
      assertFalse(receiver.requests.get(0).delivery().equals(receiver.requests.get(1).delivery()));
      assertEquals("1", receiver.requests.get(1).attempt());
      sluice.awaitTrue("the count", () -> metric(sluice, "sluice_webhooks_failed_total") == 1);
      sluice.awaitTrue("word in the log", () -> sluice.log().contains("answered 400"));
    }
  }

  /** Two servers, one of which does not want to hear of the only link that there is for sure. */
  @Test
  void onlyWhatTheFilterLetsThroughIsTold() throws Exception {
    try (Receiver held = new Receiver();
        Receiver told = new Receiver();
        SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.config(PID, config(held, ", \"exclude\": [\"l?\"]").replace("\"lo\"", "\"l*\""));
      sluice.config(PID + "2", config(told, ", \"exclude\": [\"eth*\"], \"condition\": \"up\""));
      sluice.launch();
      sluice.awaitTrue(
          "the events of the start",
          () -> told.requests.stream().anyMatch(r -> r.event().equals("link-added")));
      assertEquals(List.of(), held.requests);
      sluice.config(PID, config(held, ", \"exclude\": [\"?o\"]"));
      sluice.awaitTrue(
          "the contradiction",
          () ->
              sluice
                  .command("config:status")
                  .out()
                  .contains("every interface that is named in interfaces is excluded"));
      // By now whoever was slower than the other would have been told, too.
      assertEquals(List.of(), held.requests);
    }
  }

  @Test
  void aSecretThatOthersCanReadIsNotUsed() throws Exception {
    try (Receiver receiver = new Receiver();
        SluiceProcess sluice = SluiceProcess.prepare()) {
      Path secret = Files.writeString(sluice.home().resolve("secret"), "known to all");
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
      sluice.config(
          PID,
          config(
              receiver,
              ", \"events\": [\"link-added\"], \"attempts\": 3, \"secretFile\": \""
                  + secret
                  + "\""));
      sluice.launch();
      sluice.awaitTrue("health to tell", () -> page(sluice, "/health").contains("chmod 600"));
      assertEquals(List.of(), receiver.requests);
    }
  }
}
