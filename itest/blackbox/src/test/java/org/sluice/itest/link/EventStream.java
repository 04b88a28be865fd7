// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** Server-Sent Events as curl receives them, from within a namespace. */
final class EventStream implements AutoCloseable {

  /** One event of the stream. */
  record Event(long id, String name, JsonValue data) {}

  private final Process process;
  private final Thread thread;
  private final List<Event> events = new ArrayList<>();

  /**
   * @param lastEventId what the client says it saw last; below zero for nothing
   */
  EventStream(SluiceProcess sluice, Namespace namespace, long lastEventId) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sN"));
    if (lastEventId >= 0) {
      command.addAll(List.of("-H", "Last-Event-ID: " + lastEventId));
    }
    command.add("http://127.0.0.1:" + sluice.port() + "/api/v1/events");
    process = namespace.spawn(command.toArray(String[]::new));
    thread = new Thread(this::read, "event-stream");
    thread.start();
  }

  private void read() {
    long id = -1;
    String name = "";
    StringBuilder data = new StringBuilder();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id:")) {
          id = Long.parseLong(line.substring(3).strip());
        } else if (line.startsWith("event:")) {
          name = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data.append(line.substring(5));
        } else if (line.isEmpty() && data.length() > 0) {
          add(new Event(id, name, Namespace.json(data.toString())));
          data.setLength(0);
        }
      }
    } catch (IOException e) {
      // The client was ended.
    }
  }

  private synchronized void add(Event event) {
    events.add(event);
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  long last() {
    List<Event> all = events();
    return all.isEmpty() ? -1 : all.getLast().id();
  }

  /** Ids that do not follow the one before. */
  static List<String> gaps(List<Event> events) {
    List<String> gaps = new ArrayList<>();
    for (int i = 1; i < events.size(); i++) {
      if (events.get(i).id() != events.get(i - 1).id() + 1) {
        gaps.add(events.get(i).id() + " after " + events.get(i - 1).id());
      }
    }
    return gaps;
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
