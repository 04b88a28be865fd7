// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client. A thread of its own reads what it says, another writes what it is told, and a third,
 * while there is a request, carries it out; so an interrupt is heard at any time, and nobody but
 * this client waits for this client.
 */
final class Connection {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.shell");

  private final long id;
  private final Peer peer;
  private final Instant since = Instant.now();
  private final SocketChannel channel;
  private final Outlet outlet;
  private final Dialogue dialogue;
  private final Answering answering;
  private final Consumer<Connection> onEnd;
  private volatile Terminal terminal = Terminal.NONE;
  private volatile @Nullable Evaluation running;
  private volatile String last = "";
  private @Nullable Thread reader;
  private @Nullable Thread writer;

  Connection(
      long id,
      Peer peer,
      SocketChannel channel,
      Duration patience,
      Answering answering,
      Consumer<Connection> onEnd) {
    this.id = id;
    this.peer = peer;
    this.channel = channel;
    this.outlet = new Outlet(channel, patience);
    this.answering = answering;
    this.dialogue = answering.dialogue(peer);
    this.onEnd = onEnd;
  }

  void start() {
    writer = Thread.ofVirtual().name("host.shell/write-" + id).start(outlet::drain);
    reader = Thread.ofVirtual().name("host.shell/read-" + id).start(this::read);
  }

  private void read() {
    Frames frames = new Frames(channel);
    try {
      for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
        take(frame.get());
      }
    } catch (Frames.ProtocolException e) {
      LOG.log(
          Level.WARNING, "closed a connection that is not ours user={0} why={1}", peer.user(), e);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a client went away", e);
    } finally {
      end();
    }
  }

  private void take(Frames.Frame frame) throws IOException {
    switch (frame.type()) {
      case 'T' -> terminal = Terminal.parse(frame.text());
      case 'I' -> {
        Evaluation current = running;
        if (current != null) {
          current.interrupt();
        }
      }
      default -> {
        if (running != null) {
          throw new Frames.ProtocolException("a request before the last one was answered");
        }
        begin(frame);
      }
    }
  }

  private void begin(Frames.Frame frame) {
    Evaluation evaluation =
        new Evaluation(answering, dialogue, peer, terminal, frame, outlet, this::ended, "" + id);
    last = frame.type() == 'C' ? last : evaluation.subject();
    running = evaluation;
    evaluation.start();
  }

  private void ended() {
    running = null;
  }

  private void end() {
    // First: what the interrupted command has to say about its end is for nobody.
    outlet.close();
    Evaluation current = running;
    if (current != null) {
      current.abandon();
    }
    dialogue.close();
    onEnd.accept(this);
  }

  /** Says why in place of every answer, and closes; the queue is small, so this never waits. */
  void refuse(String why) throws IOException {
    outlet.put('e', why + "\n");
    outlet.put('x', "1");
    outlet.finish();
    Thread.ofVirtual().name("host.shell/refuse-" + id).start(outlet::drain);
  }

  /** Closes it; what runs is interrupted. */
  void close() {
    outlet.close();
  }

  /** Waits for its threads; false when one is still there. */
  boolean join(Duration patience) throws InterruptedException {
    Evaluation current = running;
    boolean ended = true;
    for (Thread thread : new @Nullable Thread[] {reader, writer}) {
      ended &= thread == null || thread.join(patience);
    }
    return ended && (current == null || current.join(patience));
  }

  Peer peer() {
    return peer;
  }

  /** What {@code host:sessions} shows. */
  Session session() {
    return new Session(
        id, peer.user(), peer.role(), since, Optional.ofNullable(running).isPresent(), last);
  }

  /**
   * @param busy whether a command runs
   * @param command the one that runs, or ran last
   */
  record Session(
      long id, String user, Peer.Role role, Instant since, boolean busy, String command) {}
}
