// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * One socket to the bus, from its opening to its end. Owns its descriptor. Of the thread of its
 * connection, except {@link #enqueue}, which is guarded by the connection, as {@link #flush} is.
 */
final class Session implements AutoCloseable {
  /** More than this waits only when the bus does not read. */
  private static final long MOST_WAITING = 32L * 1024 * 1024;

  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 16;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Authentication authentication = new Authentication();
  private final Framer framer = new Framer(Outgoing.LARGEST);
  private final ByteBuffer received = ByteBuffer.allocateDirect(CHUNK);
  private final ByteBuffer sending = ByteBuffer.allocateDirect(CHUNK).limit(0);
  private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
  private long waitingBytes;

  /** What came, for the connection. */
  interface Receiver {
    /** Messages may be sent now. */
    void authenticated();

    void frame(Framer.Frame frame);
  }

  private Session(SocketChannel channel, Selector selector) throws IOException {
    this.channel = channel;
    this.key = channel.register(selector, SelectionKey.OP_READ);
    enqueue(ascii(authentication.greeting()));
  }

  /** Connects to the first address that answers. */
  static Session open(BusAddress address, Selector selector) throws IOException {
    List<String> failed = new ArrayList<>();
    for (BusAddress.Way way : address.ways()) {
      java.nio.file.Path path = way.path();
      if (path == null) {
        failed.add(way.text() + ": " + way.refusal());
        continue;
      }
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        // A bus with a full queue must not hold up this thread either.
        channel.configureBlocking(false);
        if (!channel.connect(UnixDomainSocketAddress.of(path))) {
          throw new IOException("it takes no more connections at the moment");
        }
        return new Session(channel, selector);
      } catch (IOException | IllegalArgumentException e) {
        channel.close();
        failed.add(way.text() + ": " + e.getMessage());
      }
    }
    throw new IOException("no connection to the bus: " + String.join("; ", failed));
  }

  /** False when the bus has not read for so long that no more is kept for it. */
  boolean enqueue(Outgoing message) {
    if (waitingBytes > 0 && waitingBytes + message.size() > MOST_WAITING) {
      return false;
    }
    enqueue(message.bytes());
    return true;
  }

  private void enqueue(ByteBuffer bytes) {
    waitingBytes += bytes.remaining();
    waiting.add(bytes);
  }

  /** Sends what the socket takes, and asks to be woken for the rest. */
  void flush() throws IOException {
    while (true) {
      if (!sending.hasRemaining() && !refill()) {
        key.interestOps(SelectionKey.OP_READ);
        return;
      }
      if (channel.write(sending) == 0) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
    }
  }

  /** Reads what is there, but not for ever. */
  void receive(Receiver receiver) throws IOException, MalformedMessageException {
    for (int i = 0; i < CHUNKS; i++) {
      received.clear();
      int size = channel.read(received);
      if (size < 0) {
        throw new EOFException("the bus closed the connection");
      }
      if (size == 0) {
        return;
      }
      received.flip();
      while (!authentication.done() && received.hasRemaining()) {
        authenticate(receiver);
      }
      framer.add(received);
      for (Framer.Frame next = framer.next(); next != null; next = framer.next()) {
        receiver.frame(next);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("org.sluice.dbus")
          .log(System.Logger.Level.DEBUG, "closing the socket of a bus", e);
    }
  }

  private void authenticate(Receiver receiver) throws IOException {
    String answer = authentication.take(received.get());
    if (!answer.isEmpty()) {
      enqueue(ascii(answer));
    }
    if (authentication.done()) {
      receiver.authenticated();
    }
  }

  /** Through a buffer of our own, because the JDK would keep one as large as the message. */
  private boolean refill() {
    sending.clear();
    while (sending.hasRemaining() && !waiting.isEmpty()) {
      ByteBuffer next = waiting.element();
      int size = Math.min(next.remaining(), sending.remaining());
      sending.put(next.slice(next.position(), size));
      next.position(next.position() + size);
      waitingBytes -= size;
      if (!next.hasRemaining()) {
        waiting.remove();
      }
    }
    sending.flip();
    return sending.hasRemaining();
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
