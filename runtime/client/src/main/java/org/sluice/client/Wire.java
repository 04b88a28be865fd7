// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A connection to the process: frames of one byte type, four bytes length, payload. */
final class Wire implements AutoCloseable {
  /** Larger than any the process sends. */
  private static final int LIMIT = 16 << 20;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).flip();

  private Wire(SocketChannel channel) {
    this.channel = channel;
  }

  static Wire connect(Path socket) throws IOException {
    return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  void send(char type, String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(5 + payload.length);
    frame.put((byte) type).putInt(payload.length).put(payload).flip();
    synchronized (channel) {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    }
  }

  /** What comes back, until the exit code. */
  interface Listener {
    void output(byte[] bytes, int offset, int length) throws IOException;

    void error(byte[] bytes, int offset, int length) throws IOException;

    default void candidates(String lines) {}
  }

  /** Passes everything on as it is. */
  record Passing(OutputStream out, OutputStream err) implements Listener {
    @Override
    public void output(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      out.flush();
    }

    @Override
    public void error(byte[] bytes, int offset, int length) throws IOException {
      err.write(bytes, offset, length);
      err.flush();
    }
  }

  /**
   * Reads the answer of the request that was sent.
   *
   * @return the exit code
   */
  int answer(Listener to) throws IOException {
    while (true) {
      need(5);
      char type = (char) (in.get() & 0xff);
      int length = in.getInt();
      if (length < 0 || length > LIMIT) {
        throw new IOException("the process sent a frame of " + length + " bytes");
      }
      if (type == 'o' || type == 'e') {
        pass(length, type == 'o', to);
      } else {
        String text = text(length);
        if (type == 'x') {
          return Integer.parseInt(text);
        } else if (type == 'c') {
          to.candidates(text);
        }
        // Kinds of frames that a later process may send are left out.
      }
    }
  }

  private void pass(int length, boolean output, Listener to) throws IOException {
    int left = length;
    while (left > 0) {
      need(1);
      int part = Math.min(left, in.remaining());
      if (output) {
        to.output(in.array(), in.position(), part);
      } else {
        to.error(in.array(), in.position(), part);
      }
      in.position(in.position() + part);
      left -= part;
    }
  }

  private String text(int length) throws IOException {
    byte[] bytes = new byte[length];
    int have = 0;
    while (have < length) {
      need(1);
      int part = Math.min(length - have, in.remaining());
      in.get(bytes, have, part);
      have += part;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void need(int bytes) throws IOException {
    if (in.remaining() >= bytes) {
      return;
    }
    in.compact();
    while (in.position() < bytes) {
      if (channel.read(in) < 0) {
        throw new EOFException("the process went away before it had answered");
      }
    }
    in.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
