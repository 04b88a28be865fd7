// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;

/**
 * Asks the kernel for everything of a kind. Owns no socket: it is given one that nobody else reads.
 * For one thread.
 */
public final class NetlinkDump {
  private static final int PATIENCE_MILLIS = 10_000;

  private final NetlinkSocket socket;
  private final NetlinkBuilder request = new NetlinkBuilder();
  private int sequence;

  public NetlinkDump(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Writes the fixed part and the attributes of the request. */
  @FunctionalInterface
  public interface Question {
    void write(NetlinkBuilder request);
  }

  /** Is shown each message of the answer; the flyweight is valid during the call. */
  @FunctionalInterface
  public interface Reader {
    void read(NetlinkMessage message) throws MalformedMessageException;
  }

  /** How a dump ended. */
  public enum End {
    /** It told one consistent state. */
    WHOLE,
    /** The state changed meanwhile, so it may lack something: ask again. */
    INTERRUPTED,
    /** The socket was closed, or {@link NetlinkSocket#wake} was called. */
    ABANDONED
  }

  /**
   * @param subject what is asked for, for the message of an exception
   * @throws SysException when the kernel refuses, with its words
   */
  public End ask(String subject, int type, Question question, Reader reader) throws IOException {
    request.clear().begin(type, NetlinkBuilder.REQUEST | NetlinkBuilder.DUMP, ++sequence);
    question.write(request);
    socket.send(request.end());
    boolean interrupted = false;
    while (true) {
      switch (socket.receive(PATIENCE_MILLIS)) {
        case MESSAGES -> {}
        case OVERRUN ->
            throw new SysException(
                subject, "dump", Errno.ENOBUFS.number(), "the answer was lost for lack of room");
        case WOKEN, CLOSED -> {
          return End.ABANDONED;
        }
        case TIMEOUT ->
            throw new SysException(
                subject,
                "dump",
                Errno.ETIMEDOUT.number(),
                "no answer in " + PATIENCE_MILLIS / 1000 + " s");
      }
      NetlinkMessage message = socket.messages();
      while (message.next()) {
        if (message.sequence() != sequence || message.port() != socket.port()) {
          continue;
        }
        interrupted |= (message.flags() & NetlinkMessage.FLAG_DUMP_INTERRUPTED) != 0;
        int kind = message.type();
        if (kind == NetlinkMessage.DONE || kind == NetlinkMessage.ERROR) {
          NetlinkAck ack = NetlinkAck.of(message);
          if (!ack.done()) {
            throw new SysException(subject, "dump", ack.errno(), ack.text());
          }
          return interrupted ? End.INTERRUPTED : End.WHOLE;
        }
        reader.read(message);
      }
    }
  }
}
