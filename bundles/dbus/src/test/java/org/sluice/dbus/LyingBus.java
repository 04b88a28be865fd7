// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A bus that says what a test wants it to say, true or not. */
final class LyingBus implements AutoCloseable {
  static final String NAME = ":1.1";

  /** What it does with a call. */
  interface Script {
    void called(LyingBus bus, Header call) throws IOException;
  }

  private final Path socket;
  private final ServerSocketChannel server;
  private final Script script;
  private final String greeting;
  private final Thread thread = new Thread(this::run, "test/lying-bus");
  private final AtomicInteger serial = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  private volatile @Nullable SocketChannel client;
  volatile boolean deaf;

  LyingBus(Path folder, String greeting, Script script) throws IOException {
    this.socket = folder.resolve("liar");
    this.greeting = greeting;
    this.script = script;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread.start();
  }

  static LyingBus answering(Path folder, Script script) throws IOException {
    return new LyingBus(folder, "OK 00\r\n", script);
  }

  BusAddress address() {
    return new BusAddress("unix:path=" + socket);
  }

  void reply(int replyTo, String sender, Body body) throws IOException {
    send(header(MessageKind.REPLY, replyTo, sender, null), body);
  }

  void error(int replyTo, String sender, String name) throws IOException {
    send(header(MessageKind.ERROR, replyTo, sender, name), Body.of(DBusValue.text("a text")));
  }

  void send(Header header, Body body) throws IOException {
    raw(FramerTest.bytes(Outgoing.of(header, body).numbered(serial.incrementAndGet())));
  }

  void raw(byte[] bytes) throws IOException {
    SocketChannel to = client;
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (to != null && buffer.hasRemaining()) {
      to.write(buffer);
    }
  }

  static Header header(MessageKind kind, int replyTo, String sender, @Nullable String error) {
    return new Header(kind, 1, 0, replyTo, null, null, null, error, NAME, sender, Signature.NONE);
  }

  static Header signal(String sender, String member) {
    return new Header(
        MessageKind.SIGNAL,
        1,
        0,
        0,
        new ObjectPath("/a"),
        "a.B",
        member,
        null,
        null,
        sender,
        Signature.NONE);
  }

  private void run() {
    while (server.isOpen()) {
      try (SocketChannel accepted = server.accept()) {
        client = accepted;
        connections.incrementAndGet();
        authenticate(accepted);
        serve(accepted);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | MalformedMessageException e) {
        // The client has had enough of us.
      }
    }
  }

  private void authenticate(SocketChannel accepted) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    StringBuilder line = new StringBuilder();
    while (true) {
      one.clear();
      if (accepted.read(one) < 0) {
        throw new IOException("left while he was authenticated");
      }
      char c = (char) one.get(0);
      line.append(c);
      if (c == '\n') {
        String said = line.toString();
        line.setLength(0);
        if (said.startsWith("BEGIN")) {
          return;
        }
        raw((said.startsWith("DATA") ? greeting : "DATA\r\n").getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private void serve(SocketChannel accepted) throws IOException, MalformedMessageException {
    Framer framer = new Framer(Outgoing.LARGEST);
    ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
    while (true) {
      while (deaf && server.isOpen()) {
        try {
          Thread.sleep(20);
        } catch (InterruptedException e) {
          return;
        }
      }
      bytes.clear();
      if (accepted.read(bytes) < 0) {
        return;
      }
      framer.add(bytes.flip());
      for (Framer.Frame frame = framer.next(); frame != null; frame = framer.next()) {
        if (frame instanceof Framer.Complete complete) {
          answer(complete.message().header());
        }
      }
    }
  }

  private void answer(Header call) throws IOException {
    switch (String.valueOf(call.member())) {
      case "Hello" -> reply(call.serial(), Names.BUS, Body.of(DBusValue.text(NAME)));
      case "AddMatch", "RemoveMatch" -> reply(call.serial(), Names.BUS, Body.EMPTY);
      case "GetNameOwner" -> reply(call.serial(), Names.BUS, Body.of(DBusValue.text(":1.5")));
      default -> script.called(this, call);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    SocketChannel open = client;
    if (open != null) {
      open.close();
    }
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
