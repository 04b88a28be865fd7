// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.json;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What happens, as a stream over HTTP: resumed, interrupted, not read. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HappeningsStreamTest {

  private static SluiceProcess start(Namespace namespace) throws Exception {
    namespace.ip("link add left type veth peer right");
    SluiceProcess sluice = SluiceProcess.prepare().under(namespace.prefix());
    sluice.config("org.sluice.ops.rest", "{ \"lag\": 64 }");
    sluice.launch();
    namespace.awaitGet(sluice, "/api/v1/happenings", "\"left\"");
    return sluice;
  }

  private static void addresses(Namespace namespace, int from, int to) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      lines.add("addr add 10.8.%d.1/32 dev left".formatted(i));
    }
    namespace.batch(lines);
  }

  /** Happenings in which an address of {@link #addresses} came, one line each. */
  private static List<String> told(List<JsonValue> rows) {
    return rows.stream()
        .filter(row -> text(row, "happening").equals("address-added"))
        .filter(row -> text(row, "subject").startsWith("10.8."))
        .map(row -> text(row, "number") + " " + text(row, "subject"))
        .toList();
  }

  private static List<JsonValue> data(EventStream stream) {
    return stream.events().stream().map(EventStream.Event::data).toList();
  }

  private static boolean tells(EventStream stream, String happening, String subject) {
    return data(stream).stream()
        .anyMatch(
            row ->
                text(row, "happening").equals(happening) && text(row, "subject").equals(subject));
  }

  @Test
  void aClientThatComesBackIsToldTheRestAndNobodyIsToldOfAGap() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      List<JsonValue> seen = new ArrayList<>();
      long last;
      try (EventStream stream = new EventStream(sluice, namespace, "happenings", -1)) {
        sluice.awaitTrue(
            "what is so now",
            () ->
                data(stream).stream()
                    .anyMatch(
                        row ->
                            text(row, "happening").equals("link-added")
                                && text(row, "link").equals("left")
                                && text(row, "initial").equals("true")));
        // Fewer than may wait for a client, however long it or the stream pauses.
        addresses(namespace, 0, 20);
        sluice.awaitTrue("the addresses", () -> tells(stream, "address-added", "10.8.19.1/32"));
        last = stream.last();
        seen.addAll(data(stream));
      }
      addresses(namespace, 20, 40);
      try (EventStream again = new EventStream(sluice, namespace, "happenings", last)) {
        addresses(namespace, 40, 60);
        sluice.awaitTrue("the last address", () -> tells(again, "address-added", "10.8.59.1/32"));
        assertEquals(
            List.of(), again.events().stream().filter(e -> e.name().equals("gap")).toList());
        assertTrue(
            data(again).stream().allMatch(row -> Long.parseLong(text(row, "number")) > last),
            "what was told is not told again");
        seen.addAll(data(again));
      }
      List<String> all = told(seen);
      assertEquals(60, all.size(), all::toString);
      assertEquals(all, told(items(json(namespace.get(sluice, "/api/v1/happenings?limit=2000")))));
    }
  }

  @Test
  void theStreamEndsWithItsBundleAndWhatWasNotSeenIsNamed() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      long last;
      try (EventStream stream = new EventStream(sluice, namespace, "happenings", -1)) {
        addresses(namespace, 0, 1);
        sluice.awaitTrue("the address", () -> tells(stream, "address-added", "10.8.0.1/32"));
        last = stream.last();
        bundles.off("org.sluice.link.happenings");
        sluice.awaitTrue("the end of the stream", stream::ended);
      }
      addresses(namespace, 1, 2);
      namespace.awaitGet(sluice, "/api/v1/events/latest?after=" + last, "10.8.1.1/32");
      bundles.on("org.sluice.link.happenings");
      namespace.awaitGet(sluice, "/api/v1/happenings", "10.8.1.1/32");
      for (long number : new long[] {last, Long.MAX_VALUE}) {
        try (EventStream again = new EventStream(sluice, namespace, "happenings", number)) {
          sluice.awaitTrue("what is so now", () -> tells(again, "address-added", "10.8.1.1/32"));
          EventStream.Event first = again.events().getFirst();
          assertEquals("gap", first.name(), () -> again.events().toString());
          assertEquals(Long.toString(number), text(first.data(), "after"));
          long through = Long.parseLong(text(first.data(), "through"));
          assertTrue(through > last, () -> first.data().toString());
          String next = "mtu-changed";
          namespace.ip("link set left mtu " + (number == last ? 1400 : 1410));
          sluice.awaitTrue(
              "what happens next",
              () -> again.events().stream().anyMatch(event -> event.name().equals(next)));
          long resumed = again.last();
          assertTrue(resumed > through, () -> resumed + " is not later than " + through);
        }
      }
    }
  }

  /** A client with hardly any room that never reads. */
  private static final String DEAF =
      """
      import socket, sys, time
      s = socket.socket()
      s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
      s.connect(('127.0.0.1', int(sys.argv[1])))
      s.sendall(b'GET /api/v1/happenings HTTP/1.1\\r\\nHost: localhost\\r\\nAccept: text/event-stream\\r\\n\\r\\n')
      print('asked', flush=True)
      time.sleep(600)
      """;

  private static long metric(Namespace namespace, SluiceProcess sluice, String name)
      throws Exception {
    return namespace
        .get(sluice, "/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  @Test
  void aClientThatNeverReadsIsCutOffAndOthersAreTold() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      Process deaf =
          namespace.spawn("/usr/bin/python3", "-c", DEAF, Integer.toString(sluice.port()));
      try {
        sluice.awaitTrue("the stream", () -> metric(namespace, sluice, "sluice_http_streams") == 1);
        String cut = "sluice_http_streams_ended_total{reason=\"client_slow\"}";
        int rounds = 0;
        while (metric(namespace, sluice, cut) < 1) {
          assertTrue(rounds++ < 200, "a client that never reads is not cut off");
          List<String> lines = new ArrayList<>();
          for (int i = 0; i < 500; i++) {
            lines.add("link set left mtu " + (1300 + i % 2));
          }
          namespace.batch(lines);
        }
        addresses(namespace, 0, 1);
        // Until all of that was told another one could be too slow for it as well.
        namespace.awaitGet(sluice, "/api/v1/happenings", "10.8.0.1/32");
        try (EventStream other = new EventStream(sluice, namespace, "happenings", -1)) {
          sluice.awaitTrue("what is so", () -> tells(other, "address-added", "10.8.0.1/32"));
          addresses(namespace, 1, 2);
          sluice.awaitTrue("what happens", () -> tells(other, "address-added", "10.8.1.1/32"));
        }
      } finally {
        deaf.descendants().forEach(ProcessHandle::destroyForcibly);
        deaf.destroyForcibly();
      }
    }
  }

  /** Threads of the process by the start of their names, as the kernel knows them. */
  private static Set<String> threads(SluiceProcess sluice, String name) throws Exception {
    Set<String> found = new TreeSet<>();
    Path tasks = Path.of("/proc", Long.toString(sluice.handle().pid()), "task");
    try (var all = Files.list(tasks)) {
      for (Path task : all.toList()) {
        try {
          if (Files.readString(task.resolve("comm")).startsWith(name)) {
            found.add(task.getFileName().toString());
          }
        } catch (java.io.IOException e) {
          // It ended meanwhile.
        }
      }
    }
    return found;
  }

  @Test
  void noThreadOfAClientStaysBehind() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      for (String bundle :
          List.of("org.sluice.link.happenings", "org.sluice.link.table", "org.sluice.ops.rest")) {
        namespace.awaitGet(sluice, "/api/v1/happenings", "\"left\"");
        List<EventStream> streams = new ArrayList<>();
        try {
          for (int i = 0; i < 4; i++) {
            streams.add(new EventStream(sluice, namespace, "happenings", -1));
            streams.add(new EventStream(sluice, namespace, "events", -1));
          }
          for (EventStream stream : streams) {
            sluice.awaitTrue("the picture", () -> !stream.events().isEmpty());
          }
          // Its name has room for fifteen letters there.
          assertEquals(4, threads(sluice, "link.table/to-f").size());
          bundles.off(bundle);
          sluice.awaitTrue("the end of the stream", streams.getFirst()::ended);
          bundles.on(bundle);
        } finally {
          for (EventStream stream : streams) {
            stream.close();
          }
        }
        // A client that went away is found out with the next event.
        sluice.awaitTrue(
            "the threads of " + bundle + " to end",
            () -> {
              namespace.ip("link set left mtu 1300");
              namespace.ip("link set left mtu 1301");
              return threads(sluice, "link.table/to-f").isEmpty();
            });
      }
      namespace.awaitGet(sluice, "/metrics", "\nsluice_http_streams 0");
    }
  }
}
