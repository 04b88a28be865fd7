// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the kernel for many changes in few calls, and tells of each how it ended: one that is
 * refused does not keep the others from being done. Owns no socket: it is given one that nobody
 * else reads. For one thread.
 */
public final class NetlinkBatch {
  /** So many answers fit into the room of a socket that asked for {@link #ROOM}. */
  private static final int PER_CALL = 256;

  /** What the socket should have to hear the answers of one call, in bytes. */
  public static final int ROOM = 1024 * 1024;

  private static final int PATIENCE_MILLIS = 10_000;

  private record Request(int type, int flags, NetlinkDump.Question body) {}

  private final NetlinkSocket socket;
  private final NetlinkBuilder builder = new NetlinkBuilder();
  private final List<Request> requests = new ArrayList<>();
  private int sequence;
  private long calls;

  public NetlinkBatch(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * One more request; sent with the next {@link #send}.
   *
   * @param flags besides those of every request that wants to be answered
   */
  public NetlinkBatch add(int type, int flags, NetlinkDump.Question body) {
    requests.add(new Request(type, flags, body));
    return this;
  }

  /**
   * Sends what was added since the last time.
   *
   * @return one answer for each request, in the order in which they were added. An answer that was
   *     lost has ENOBUFS or ETIMEDOUT: whether the request was done is unknown.
   * @throws SysException when a call failed; what was sent before it may have been done
   */
  public List<NetlinkAck> send() throws IOException {
    List<Request> all = List.copyOf(requests);
    requests.clear();
    List<NetlinkAck> answers = new ArrayList<>(all.size());
    for (int from = 0; from < all.size(); from += PER_CALL) {
      answers.addAll(send(all.subList(from, Math.min(all.size(), from + PER_CALL))));
    }
    return answers;
  }

  /** How many calls it took so far. */
  public long calls() {
    return calls;
  }

  private List<NetlinkAck> send(List<Request> some) throws IOException {
    int first = sequence + 1;
    builder.clear();
    for (Request request : some) {
      int flags = request.flags() | NetlinkBuilder.REQUEST | NetlinkBuilder.ACK;
      builder.begin(request.type(), flags, ++sequence);
      request.body().write(builder);
      builder.end();
    }
    socket.send(builder);
    calls++;
    NetlinkAck[] answers = new NetlinkAck[some.size()];
    Errno lost = hear(answers, first);
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] == null) {
        answers[i] = new NetlinkAck(first + i, lost.number(), "the answer was lost", 0);
      }
    }
    return List.of(answers);
  }

  /** Why answers are missing, if any are. */
  private Errno hear(NetlinkAck[] answers, int first) throws IOException {
    int missing = answers.length;
    while (missing > 0) {
      switch (socket.receive(PATIENCE_MILLIS)) {
        case MESSAGES -> {}
        case WOKEN -> {
          continue;
        }
        case OVERRUN -> {
          return Errno.ENOBUFS;
        }
        case TIMEOUT -> {
          return Errno.ETIMEDOUT;
        }
        case CLOSED -> {
          return Errno.ECANCELED;
        }
      }
      NetlinkMessage message = socket.messages();
      while (message.next()) {
        int place = message.sequence() - first;
        if (message.type() == NetlinkMessage.ERROR
            && message.port() == socket.port()
            && place >= 0
            && place < answers.length
            && answers[place] == null) {
          answers[place] = NetlinkAck.of(message);
          missing--;
        }
      }
    }
    return Errno.ENOBUFS;
  }
}
