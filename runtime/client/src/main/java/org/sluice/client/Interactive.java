// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** The shell a person sits at: the terminal is here, the language is in the process. */
final class Interactive {
  private final Client client;
  private final PrintStream err;
  private @Nullable Wire wire;

  Interactive(Client client, Wire wire, PrintStream err) {
    this.client = client;
    this.wire = wire;
    this.err = err;
  }

  int run() throws IOException {
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).dumb(true).encoding("UTF-8").build()) {
      LineReader reader = reader(terminal);
      terminal.handle(Terminal.Signal.INT, ignored -> interrupt());
      greet(terminal);
      while (true) {
        String line;
        try {
          line = reader.readLine(prompt());
        } catch (UserInterruptException e) {
          continue;
        } catch (EndOfFileException e) {
          return 0;
        }
        String word = line.strip();
        if (word.equals("exit") || word.equals("quit")) {
          return 0;
        }
        if (!word.isEmpty() && !word.startsWith("#")) {
          evaluate(word, terminal);
        }
      }
    }
  }

  private void greet(Terminal terminal) {
    terminal
        .writer()
        .println(
            "Sluice at "
                + client.home()
                + " — help or ? shows what there is, Tab completes, Ctrl-D leaves.");
    terminal.flush();
  }

  private static String prompt() {
    return Screen.color() ? "\u001b[36msluice>\u001b[0m " : "sluice> ";
  }

  private LineReader reader(Terminal terminal) {
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("sluice")
            .parser(new WholeLines())
            .completer((ignored, line, to) -> complete(line, to))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.AUTO_FRESH_LINE, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
            .option(LineReader.Option.HISTORY_INCREMENTAL, true)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "      > ")
            .variable(LineReader.LIST_MAX, 200);
    Path history = history();
    return (history == null ? builder : builder.variable(LineReader.HISTORY_FILE, history)).build();
  }

  /** In the user's folder for such things, and for nobody else's eyes; null when that fails. */
  private @Nullable Path history() {
    String state = System.getenv("XDG_STATE_HOME");
    Path folder =
        state != null && state.startsWith("/")
            ? Path.of(state, "sluice")
            : Path.of(System.getProperty("user.home"), ".local", "state", "sluice");
    Path file = folder.resolve("history");
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      err.println("sluice: no history is kept: " + e);
      return null;
    }
  }

  /** The shell's language decides when a line is whole, the words are for completion alone. */
  private static final class WholeLines implements Parser {
    private final DefaultParser words = new DefaultParser();

    WholeLines() {
      words.setEscapeChars(null);
      words.setQuoteChars(new char[0]);
      words.setEofOnUnclosedQuote(false);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE && !Balance.isWhole(line)) {
        throw new EOFError(-1, -1, "the line goes on");
      }
      return words.parse(line, cursor, context);
    }
  }

  private void complete(ParsedLine line, List<Candidate> to) {
    List<String> lines = new ArrayList<>();
    try {
      Wire current = wire();
      current.send('C', line.cursor() + "\0" + line.line());
      current.answer(
          new Wire.Listener() {
            @Override
            public void output(byte[] bytes, int offset, int length) {}

            @Override
            public void error(byte[] bytes, int offset, int length) {}

            @Override
            public void candidates(String text) {
              text.lines().forEach(lines::add);
            }
          });
    } catch (IOException e) {
      // Completion is silent; the next command says what is wrong.
      drop();
    }
    for (String candidate : lines) {
      int tab = candidate.indexOf('\t');
      String value = tab < 0 ? candidate : candidate.substring(0, tab);
      String description = tab < 0 ? "" : candidate.substring(tab + 1);
      boolean whole = !value.endsWith(":");
      to.add(
          new Candidate(
              value, value, null, description.isEmpty() ? null : description, null, null, whole));
    }
  }

  private void evaluate(String line, Terminal terminal) {
    try {
      Wire current = wire();
      current.send('T', "columns=" + terminal.getWidth() + " color=" + Screen.color());
      current.send('L', line);
      OutputStream out = terminal.output();
      current.answer(new Wire.Passing(out, out));
    } catch (IOException e) {
      drop();
      err.println(e instanceof Client.Unreachable ? e.getMessage() : "sluice: " + e.getMessage());
    }
  }

  /** The connection, or a new one when the process was restarted meanwhile. */
  private Wire wire() throws IOException {
    Wire current = wire;
    if (current == null) {
      current = client.connect();
      wire = current;
    }
    return current;
  }

  private void drop() {
    Wire current = wire;
    wire = null;
    if (current != null) {
      try {
        current.close();
      } catch (IOException e) {
        err.println("sluice: " + e.getMessage());
      }
    }
  }

  private void interrupt() {
    Wire current = wire;
    if (current != null) {
      try {
        current.send('I', "");
      } catch (IOException e) {
        err.println("sluice: " + e.getMessage());
      }
    }
  }
}
