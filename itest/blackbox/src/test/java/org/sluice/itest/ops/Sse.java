// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;

/** One client of a stream, which reads when the test says so. */
final class Sse implements AutoCloseable {
  private final Socket socket = new Socket();
  private final Chunks in;

  Sse(SluiceProcess sluice, String path, String... headers) throws IOException {
    // Small, so that a client that does not read is soon felt by the other side.
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port()));
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    text.append("Host: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    socket.getOutputStream().write(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    String status = Http.line(socket.getInputStream());
    if (!status.contains(" 200 ")) {
      throw new AssertionError(status);
    }
    for (String line = Http.line(socket.getInputStream());
        !line.isEmpty();
        line = Http.line(socket.getInputStream())) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length")) {
        throw new AssertionError("a stream has no length");
      }
    }
    in = new Chunks(socket.getInputStream());
  }

  /** The next line of the stream, or null at its end. */
  @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /** The number of the next event, or -1 at the end of the stream. */
  long next() throws IOException {
    for (String line = line(); line != null; line = line()) {
      if (line.startsWith("id: ")) {
        return Long.parseLong(line.substring(4));
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** What is in the chunks; cut off is the end as well as ended. */
  private static final class Chunks {
    private final InputStream in;
    private int left;
    private boolean ended;

    Chunks(InputStream in) {
      this.in = in;
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
      if (ended) {
        return -1;
      }
      try {
        if (left == 0) {
          left = Integer.parseInt(Http.line(in), 16);
          if (left == 0) {
            ended = true;
            return -1;
          }
        }
        int c = in.read();
        left--;
        if (left == 0) {
          Http.line(in);
        }
        ended = c < 0;
        return c;
      } catch (java.net.SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        ended = true;
        return -1;
      }
    }
  }
}
