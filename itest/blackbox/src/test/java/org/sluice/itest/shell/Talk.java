// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.SluiceProcess.Answer;

/** One connection to the control socket, spoken by hand. */
final class Talk implements AutoCloseable {
  private final SocketChannel channel;
  private final DataOutputStream to;
  private final DataInputStream from;

  Talk(SluiceProcess sluice) throws IOException {
    channel =
        SocketChannel.open(
            UnixDomainSocketAddress.of(sluice.home().resolve("var/run/sluice.sock")));
    to = new DataOutputStream(Channels.newOutputStream(channel));
    from = new DataInputStream(Channels.newInputStream(channel));
  }

  void send(char type, String payload) throws IOException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    to.writeByte(type);
    to.writeInt(bytes.length);
    to.write(bytes);
    to.flush();
  }

  /** Whether the process closed this connection without a word when it was sent these bytes. */
  boolean isClosedBy(byte[] bytes) {
    try {
      to.write(bytes);
      to.flush();
    } catch (IOException e) {
      return true;
    }
    return isClosed();
  }

  Answer answer() throws IOException {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    while (true) {
      char kind = (char) from.readByte();
      String text = new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
      switch (kind) {
        case 'o', 'c' -> out.append(text);
        case 'e' -> err.append(text);
        case 'x' -> {
          return new Answer(Integer.parseInt(text), out.toString(), err.toString());
        }
        default -> throw new IOException("unknown frame " + kind);
      }
    }
  }

  /** One frame of output. */
  String output() throws IOException {
    char kind = (char) from.readByte();
    String text = new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
    if (kind != 'o') {
      throw new IOException("wanted output, got " + kind + " " + text);
    }
    return text;
  }

  Answer line(String line) throws IOException {
    send('L', line);
    return answer();
  }

  /** Candidates for what stands before the end of this line, without their descriptions. */
  List<String> completions(String line) throws IOException {
    send('C', line.length() + "\0" + line);
    return answer().out().lines().map(l -> l.substring(0, l.indexOf('\t'))).toList();
  }

  /** Whether the process closed this connection without a word. */
  boolean isClosed() {
    try {
      return from.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
