// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** {@code link:events --follow} over the control socket, as a client sees it. */
final class Follower implements AutoCloseable {
  private final SocketChannel channel;
  private final DataOutputStream to;
  private final Thread thread;
  private final List<JsonValue> rows = new ArrayList<>();
  private final StringBuilder partial = new StringBuilder();
  private @Nullable Integer exit;
  private @Nullable Exception failure;

  Follower(SluiceProcess sluice, long after) throws IOException {
    channel =
        SocketChannel.open(
            UnixDomainSocketAddress.of(sluice.home().resolve("var/run/sluice.sock")));
    to = new DataOutputStream(Channels.newOutputStream(channel));
    send('A', "link:events\0--follow\0--after\0" + after + "\0--json");
    thread = new Thread(this::read, "follower");
    thread.start();
  }

  private void send(char type, String payload) throws IOException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    to.writeByte(type);
    to.writeInt(bytes.length);
    to.write(bytes);
    to.flush();
  }

  private void read() {
    try (var from = new DataInputStream(Channels.newInputStream(channel))) {
      while (true) {
        char kind = (char) from.readByte();
        String text = new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
        take(kind, text);
      }
    } catch (EOFException | AsynchronousCloseException e) {
      // The end of the conversation.
    } catch (IOException | JsonException e) {
      failed(e);
    }
  }

  private synchronized void failed(Exception e) {
    failure = e;
    notifyAll();
  }

  private synchronized void take(char kind, String text) throws JsonException {
    if (kind == 'x') {
      exit = Integer.valueOf(text);
    } else if (kind == 'o') {
      partial.append(text);
      for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
        String line = partial.substring(0, end);
        partial.delete(0, end + 1);
        if (!line.isBlank()) {
          rows.add(JsonReader.read(line));
        }
      }
    }
    notifyAll();
  }

  synchronized List<JsonValue> rows() {
    if (failure != null) {
      throw new AssertionError("reading the events failed", failure);
    }
    return List.copyOf(rows);
  }

  synchronized @Nullable Integer exit() {
    return exit;
  }

  /** Asks the command to end, as Ctrl-C does. */
  void interrupt() throws IOException {
    send('I', "");
  }

  long lastNumber() {
    List<JsonValue> all = rows();
    return all.isEmpty() ? -1 : Long.parseLong(Namespace.text(all.getLast(), "number"));
  }

  List<String> eventsAbout(String subject) {
    return rows().stream()
        .filter(row -> Namespace.text(row, "subject").startsWith(subject))
        .map(row -> Namespace.text(row, "event") + " " + Namespace.text(row, "detail"))
        .toList();
  }

  List<String> events() {
    return rows().stream().map(row -> Namespace.text(row, "event")).toList();
  }

  /** Numbers that do not follow the one before. */
  List<String> gaps() {
    List<String> gaps = new ArrayList<>();
    long last = -1;
    for (JsonValue row : rows()) {
      long number = Long.parseLong(Namespace.text(row, "number"));
      if (last >= 0 && number != last + 1) {
        gaps.add(number + " after " + last);
      }
      last = number;
    }
    return gaps;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
