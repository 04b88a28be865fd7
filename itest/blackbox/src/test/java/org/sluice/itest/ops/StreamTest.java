// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.SluiceProcess.Answer;

/** Streams of events: resumed, silent, too slow, ended. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class StreamTest {
  private static final String PATH = "/api/v1/probe/numbers";

  private static void emit(SluiceProcess sluice, int count, int size) {
    Answer answer = sluice.command("probe:emit", "" + count, "" + size);
    assertEquals(0, answer.exit(), answer.toString());
  }

  private static void awaitSubscribers(SluiceProcess sluice, int count) throws Exception {
    sluice.awaitTrue(
        count + " subscribers",
        () -> sluice.command("probe:subscribers").out().strip().equals("" + count));
  }

  private static long ended(SluiceProcess sluice, String reason) throws Exception {
    String name = "sluice_http_streams_ended_total{reason=\"" + reason + "\"} ";
    // A source that takes too long is left out of one answer.
    return sluice.await(
        name,
        () ->
            Http.get(sluice, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> (long) Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(null));
  }

  @Test
  void aClientResumesWhereItWas() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      emit(sluice, 5, 1);
      try (Sse first = new Sse(sluice, PATH)) {
        for (int i = 1; i <= 5; i++) {
          assertEquals(i, first.next());
        }
        emit(sluice, 2, 1);
        assertEquals(6, first.next());
        assertEquals("event: number", first.line());
        assertEquals("data: {\"number\":6,\"padding\":\"x\"}", first.line());
        assertEquals("", first.line());
        assertEquals(7, first.next());
      }
      emit(sluice, 3, 1);
      try (Sse byHeader = new Sse(sluice, PATH, "Last-Event-ID: 7");
          Sse byQuery = new Sse(sluice, PATH + "?after=9");
          Sse both = new Sse(sluice, PATH + "?after=1", "Last-Event-ID: 8")) {
        assertEquals(8, byHeader.next());
        assertEquals(10, byQuery.next());
        assertEquals(9, both.next(), "what a browser sends when it comes back is newer");
      }
      assertEquals(400, Http.get(sluice, PATH + "?after=x").status());
      assertEquals(400, Http.get(sluice, PATH + "?after=11").status());
      assertEquals("there are only 10 numbers", Http.get(sluice, PATH + "?after=11").detail());
      assertEquals(400, Http.get(sluice, PATH + "?since=1").status());
    }
  }

  @Test
  void silenceIsNotDeathAndAClientThatLeavesIsFound() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      sluice.config("org.sluice.ops.rest", "{\"heartbeat\": 1}");
      try (Sse client = heartbeating(sluice)) {
        assertEquals(": alive", client.line());
        assertEquals("", client.line());
        assertEquals(": alive", client.line());
        awaitSubscribers(sluice, 1);
      }
      awaitSubscribers(sluice, 0);
      assertTrue(ended(sluice, "client_left") >= 1);
    }
  }

  /** The configuration takes a moment; a client that came before has the old heartbeat. */
  private static Sse heartbeating(SluiceProcess sluice) throws Exception {
    sluice.awaitTrue(
        "the configuration to be in force",
        () ->
            sluice.command("config:status").out().contains("org.sluice.ops.rest")
                && sluice.log().contains("changed=org.sluice.ops.rest"));
    Sse client = new Sse(sluice, PATH);
    assertEquals("retry: 1000", client.line());
    assertEquals("", client.line());
    return client;
  }

  @Test
  void aClientTooSlowIsCutOffAndNobodyElseWaits() throws Exception {
    try (SluiceProcess sluice = Probe.start();
        Sse slow = new Sse(sluice, PATH);
        Sse quick = new Sse(sluice, PATH)) {
      awaitSubscribers(sluice, 2);
      AtomicLong read = new AtomicLong();
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (long id = quick.next(); id >= 0; id = quick.next()) {
                        read.set(id);
                      }
                    } catch (java.io.IOException e) {
                      // Closed at the end of the test.
                      Thread.currentThread().interrupt();
                    }
                  });
      // 60 MB in all: more than the buffers of any socket. In pieces, each of which the quick one
      // has read before the next: how far it may lag is what the slow one is to be cut off for.
      for (int i = 1; i <= 60 && ended(sluice, "client_slow") == 0; i++) {
        emit(sluice, 1000, 1000);
        int sent = i * 1000;
        sluice.awaitTrue("the quick one to have read " + sent, () -> read.get() == sent);
      }
      sluice.awaitTrue("the slow one to be cut", () -> ended(sluice, "client_slow") == 1);
      awaitSubscribers(sluice, 1);
      long last = 0;
      for (long id = slow.next(); id >= 0; id = slow.next()) {
        assertEquals(last + 1, id, "what it did get is in order");
        last = id;
      }
      try (Sse again = new Sse(sluice, PATH, "Last-Event-ID: " + last)) {
        assertEquals(last + 1, again.next(), "it can go on where it was");
      }
      assertTrue(reader.isAlive(), "the quick one was not cut");
    }
  }

  @Test
  void streamsEndWithTheirFeed() throws Exception {
    try (SluiceProcess sluice = Probe.start();
        Sse client = new Sse(sluice, PATH)) {
      awaitSubscribers(sluice, 1);
      Files.delete(sluice.plugins().resolve("probe.jar"));
      while (client.line() != null) {
        Thread.onSpinWait();
      }
      assertTrue(ended(sluice, "feed_gone") == 1);
    }
  }

  @Test
  void streamsEndWithTheProcessInTime() throws Exception {
    try (SluiceProcess sluice = Probe.start();
        Sse client = new Sse(sluice, "/api/v1/events")) {
      assertTrue(client.next() >= 0);
      assertTrue(sluice.stop());
      while (client.line() != null) {
        Thread.onSpinWait();
      }
      assertNull(client.line());
    }
  }

  @Test
  void onlySoManyMayRead() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      sluice.config("org.sluice.ops.rest", "{\"mostStreams\": 2}");
      sluice.awaitTrue(
          "the configuration to be in force",
          () -> sluice.log().contains("changed=org.sluice.ops.rest"));
      try (Sse one = new Sse(sluice, PATH);
          Sse two = new Sse(sluice, PATH)) {
        awaitSubscribers(sluice, 2);
        Http.Reply third = Http.get(sluice, PATH);
        assertEquals(503, third.status());
        assertTrue(third.detail().contains("mostStreams"), third.detail());
        assertEquals("retry: 1000", one.line());
        assertEquals("retry: 1000", two.line());
      }
    }
  }
}
