// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Prose;

/**
 * One user's talk with Gogo: what {@code peer} may say, and the variables that last as long as the
 * connection. Used by one request at a time.
 */
final class Dialogue implements AutoCloseable {
  /** Set while a request wants JSON; {@link Piped} looks at it. */
  static final String JSON = ".sluice.json";

  private static final String ARGUMENTS = "args";

  private final CommandProcessor processor;
  private final Catalogue catalogue;
  private final Help help;
  private final Peer peer;
  private volatile Outputs outputs = new Outputs();
  private volatile @Nullable CommandSession session;

  Dialogue(CommandProcessor processor, Catalogue catalogue, Peer peer) {
    this.processor = processor;
    this.catalogue = catalogue;
    this.help = new Help(catalogue);
    this.peer = peer;
  }

  /**
   * What Gogo and the commands print to; follows the request that runs. Every write goes through at
   * once, so that what a command reports on its way is seen on its way.
   */
  private static final class Outputs {
    private volatile OutputStream out = OutputStream.nullOutputStream();
    private volatile OutputStream err = OutputStream.nullOutputStream();
  }

  private static final class Following extends OutputStream {
    private final Supplier<OutputStream> target;

    Following(Supplier<OutputStream> target) {
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      OutputStream to = target.get();
      to.write(bytes, offset, length);
      to.flush();
    }
  }

  /**
   * @return what the command returned, not yet shown
   * @throws Usage when there is no such command or it may not be called like this
   */
  @Nullable Object evaluate(Request request, OutputStream out, OutputStream err) throws Exception {
    Optional<List<String>> plain = request.plain();
    if (plain.isPresent() && plain.get().isEmpty()) {
      return null;
    }
    if (peer.role() == Peer.Role.READER) {
      return evaluateReading(plain, request, out, err);
    }
    if (plain.isPresent()) {
      List<String> words = plain.get();
      Optional<Prose> asked = help.asked(words);
      if (asked.isPresent()) {
        return asked.get();
      }
      Optional<Catalogue.Command> command = catalogue.find(words.getFirst());
      if (command.isPresent()) {
        return call(command.get(), words, request.json(), out, err);
      }
      if (request.literal()) {
        throw help.unknown(words.getFirst());
      }
    }
    return run(request.line(), List.of(), request.json(), out, err);
  }

  private @Nullable Object evaluateReading(
      Optional<List<String>> plain, Request request, OutputStream out, OutputStream err)
      throws Exception {
    List<String> words =
        plain.orElseThrow(
            () ->
                new RefusedException(
                    "the read-only role may only give single commands with plain arguments,"
                        + " such as link:list; no pipes, variables or expressions"));
    Optional<Prose> asked = help.asked(words);
    if (asked.isPresent()) {
      return asked.get();
    }
    Catalogue.Command command =
        catalogue.find(words.getFirst()).orElseThrow(() -> help.unknown(words.getFirst()));
    if (!catalogue.reads(command)) {
      throw new RefusedException(
          "the read-only role may not call "
              + command.name()
              + ": it may change things; ask the owner of the process or root");
    }
    return call(command, words, request.json(), out, err);
  }

  /**
   * Hands the arguments over as a list that Gogo explodes without looking into it, so nothing in
   * them is ever evaluated.
   */
  private @Nullable Object call(
      Catalogue.Command command,
      List<String> words,
      boolean json,
      OutputStream out,
      OutputStream err)
      throws Exception {
    try {
      return run(command.name() + " $" + ARGUMENTS, words.subList(1, words.size()), json, out, err);
    } catch (IllegalArgumentException e) {
      if (Failure.isOfGogo(e)) {
        throw new Usage(
            "wrong arguments for " + command.name() + "\n" + help.usage(command).stripTrailing());
      }
      throw e;
    }
  }

  private @Nullable Object run(
      String line, List<String> arguments, boolean json, OutputStream out, OutputStream err)
      throws Exception {
    CommandSession gogo = session();
    Outputs to = outputs;
    to.out = out;
    to.err = err;
    gogo.put(JSON, json ? Boolean.TRUE : null);
    gogo.put(ARGUMENTS, arguments.isEmpty() ? List.of() : List.copyOf(arguments));
    try {
      return gogo.execute(line);
    } finally {
      gogo.put(ARGUMENTS, null);
      gogo.put(JSON, null);
      to.out = OutputStream.nullOutputStream();
      to.err = OutputStream.nullOutputStream();
    }
  }

  private CommandSession session() {
    CommandSession gogo = session;
    if (gogo == null) {
      Outputs to = outputs;
      gogo =
          processor.createSession(
              InputStream.nullInputStream(),
              new Following(() -> to.out),
              new Following(() -> to.err));
      session = gogo;
    }
    return gogo;
  }

  /** How Gogo shows an object that is none of ours. */
  CharSequence format(Object value) {
    return session().format(value, Converter.INSPECT);
  }

  /** Interrupts what runs. */
  void interrupt() {
    CommandSession gogo = session;
    Job job = gogo == null ? null : gogo.foregroundJob();
    if (job != null) {
      job.interrupt();
    }
  }

  /**
   * Leaves behind what was interrupted: it may ignore that and go on printing, into the void. The
   * variables stay.
   */
  void renew() {
    CommandSession old = session;
    if (old == null) {
      return;
    }
    outputs = new Outputs();
    session = null;
    CommandSession fresh = session();
    if (old.get(null) instanceof Collection<?> names) {
      for (Object name : names) {
        fresh.put(name.toString(), old.get(name.toString()));
      }
    }
    old.close();
  }

  @Override
  public void close() {
    CommandSession gogo = session;
    session = null;
    if (gogo != null) {
      gogo.close();
    }
  }
}
