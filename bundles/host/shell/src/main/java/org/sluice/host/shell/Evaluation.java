// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Outcome;

/** One request, from its frame to its exit code, on a thread of its own. */
final class Evaluation {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.shell");

  /**
   * Whatever the log does to spare itself, it does not leave out what comes from a source so named.
   */
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.shell.audit");

  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int LONGEST_IN_LOG = 500;
  private static final int MOST_PRINTED_FOR_JSON = 64 << 20;

  private final Answering answering;
  private final Dialogue dialogue;
  private final Peer peer;
  private final Terminal terminal;
  private final Frames.Frame frame;
  private final Outlet outlet;
  private final FrameOutput out;
  private final FrameOutput err;
  private final Runnable onEnd;
  private final Thread thread;
  private final long started = System.nanoTime();
  private final AtomicBoolean answered = new AtomicBoolean();
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);

  /** Held by who answers and by who interrupts: what is answered is not interrupted any more. */
  private final Object turn = new Object();

  private volatile @Nullable BaseStream<?, ?> flowing;

  /** Null until it was parsed. */
  private volatile @Nullable Request request;

  Evaluation(
      Answering answering,
      Dialogue dialogue,
      Peer peer,
      Terminal terminal,
      Frames.Frame frame,
      Outlet outlet,
      Runnable onEnd,
      String name) {
    this.answering = answering;
    this.dialogue = dialogue;
    this.peer = peer;
    this.terminal = terminal;
    this.frame = frame;
    this.outlet = outlet;
    this.out = new FrameOutput(outlet, 'o');
    this.err = new FrameOutput(outlet, 'e');
    this.onEnd = onEnd;
    // Commands are anybody's code; a virtual thread that computes would hold up the others.
    this.thread = Thread.ofPlatform().name("host.shell/request-" + name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** The request as it is logged. */
  String subject() {
    String text = Cells.neutral(frame.text().replace('\0', ' ').strip());
    return text.length() > LONGEST_IN_LOG ? text.substring(0, LONGEST_IN_LOG) + "…" : text;
  }

  private void run() {
    int exit = Failure.FAILED;
    try {
      exit = frame.type() == 'C' ? complete() : evaluate();
      out.flush();
      err.flush();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.DEBUG, "a client went away before it had its answer", e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "answering " + subject() + " failed", e);
      throw e;
    } finally {
      answer("", exit);
      done.countDown();
    }
  }

  /**
   * Ends the request, once.
   *
   * @param word what is said beside what the command said; mostly empty
   */
  private void answer(String word, int exit) {
    synchronized (turn) {
      if (!answered.compareAndSet(false, true)) {
        return;
      }
    }
    out.cut();
    err.cut();
    if (interrupted.get()) {
      dialogue.renew();
    }
    audit(exit);
    onEnd.run();
    try {
      if (!word.isEmpty()) {
        outlet.put('e', word);
      }
      outlet.put('x', Integer.toString(exit));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a client went away before it had its answer", e);
    }
  }

  private void audit(int exit) {
    if (frame.type() != 'C') {
      answering.tally().command(peer.role(), exit);
      boolean reads = reads();
      // Monitoring asks all day long. What changes nothing is of use to who looks for a fault.
      AUDIT.log(
          reads ? Level.DEBUG : Level.INFO,
          "command user={0} role={1} exit={2} ms={3} command=\"{4}\" reads={5}",
          peer.user(),
          peer.role(),
          Integer.toString(exit),
          Long.toString((System.nanoTime() - started) / 1_000_000),
          subject().replace("\"", "\\\""),
          Boolean.toString(reads));
    }
  }

  /** Whether the command is known to change nothing. */
  private boolean reads() {
    return Optional.ofNullable(request)
        .flatMap(Request::plain)
        .filter(words -> !words.isEmpty())
        .flatMap(words -> answering.catalogue().find(words.getFirst()))
        .filter(answering.catalogue()::reads)
        .isPresent();
  }

  private int complete() throws IOException {
    String[] parts = frame.text().split("\0", 2);
    int cursor = parts[0].matches("\\d{1,9}") ? Integer.parseInt(parts[0]) : 0;
    StringBuilder lines = new StringBuilder();
    for (var candidate :
        answering.completion().candidates(parts.length > 1 ? parts[1] : "", cursor, peer.role())) {
      lines
          .append(Cells.neutral(candidate.value()))
          .append('\t')
          .append(Cells.neutral(candidate.description()))
          .append('\n');
    }
    outlet.put('c', lines.toString());
    return 0;
  }

  private int evaluate() throws IOException {
    Request request =
        frame.type() == 'A' ? Request.ofArguments(frame.text()) : Request.ofLine(frame.text());
    this.request = request;
    View view = new View(terminal, dialogue::format);
    // What a command prints by itself is part of its answer, and has to be JSON as well.
    Printed printed = new Printed();
    try {
      Object value = dialogue.evaluate(request, request.json() ? printed : out, err);
      if (value instanceof BaseStream<?, ?> stream) {
        flowing = stream;
      }
      if (interrupted.get()) {
        throw new InterruptedException();
      }
      if (request.json()) {
        view.json(value == null && printed.size() > 0 ? printed.lines() : value, this::print);
      } else {
        view.text(value, this::print);
      }
      if (interrupted.get()) {
        throw new InterruptedException();
      }
      return value instanceof Outcome outcome && !outcome.ok() ? Failure.FAILED : 0;
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      return fail(e);
    }
  }

  private int fail(Throwable thrown) throws IOException {
    Failure failure = Failure.of(thrown, answering.help());
    LOG.log(Level.DEBUG, "the command failed: " + subject(), failure.cause());
    String text =
        interrupted.get() ? "interrupted" : Cells.neutralLines(failure.message()).stripTrailing();
    out.flush();
    err.write(
        ((terminal.color() ? Colors.error(text) : text) + "\n").getBytes(StandardCharsets.UTF_8));
    return failure.exit();
  }

  private void print(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      if (flowing != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command printed while JSON was asked for; bounded. */
  private static final class Printed extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
      if (bytes.size() + length > MOST_PRINTED_FOR_JSON) {
        throw new IOException("the command prints too much to be shown as JSON");
      }
      bytes.write(source, offset, length);
    }

    synchronized int size() {
      return bytes.size();
    }

    synchronized java.util.List<String> lines() {
      return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  /**
   * Interrupts the command until it ends. One that does not end within the grace is left behind:
   * its user gets the answer and can go on.
   */
  void interrupt() {
    if (interrupted.compareAndSet(false, true)) {
      Thread.ofVirtual().name("host.shell/interrupt").start(this::insist);
    }
  }

  private void insist() {
    long end = System.nanoTime() + GRACE.toNanos();
    try {
      do {
        BaseStream<?, ?> stream = flowing;
        if (stream != null) {
          stream.close();
          thread.interrupt();
        }
        synchronized (turn) {
          if (answered.get()) {
            return;
          }
          // What runs in the dialogue now is this request, and not yet the next.
          dialogue.interrupt();
        }
      } while (!done.await(50, TimeUnit.MILLISECONDS) && System.nanoTime() < end);
      if (done.getCount() > 0 && !answered.get()) {
        LOG.log(Level.WARNING, "a command ignores its interrupt command=\"{0}\"", subject());
        answer("interrupted; the command does not react and was left behind\n", Failure.FAILED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The client is gone: ends the command, in the background. */
  void abandon() {
    out.cut();
    err.cut();
    interrupt();
  }

  boolean join(Duration patience) throws InterruptedException {
    return thread.join(patience);
  }
}
