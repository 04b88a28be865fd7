// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code Client [--home DIR] SCOPE:COMMAND ARGUMENT…} carries out one command and ends with its
 * exit code; {@code Client [--home DIR] shell [-k]} talks.
 */
public final class Client {
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_RUNNING = 3;

  private static final String HOME = "--home";

  private final Path socket;
  private final Path home;

  private Client(Path home) {
    this.home = home;
    this.socket = home.resolve("var/run/sluice.sock");
  }

  public static void main(String[] arguments) {
    // Raw streams: a reader of ours that goes away must end us, and PrintStream hides that.
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    int exit;
    try {
      exit = run(arguments, out, err);
    } catch (IOException e) {
      exit = FAILED;
    }
    // Not a return: an interactive terminal may leave threads behind.
    System.exit(exit);
  }

  private static int run(String[] arguments, OutputStream out, OutputStream err)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(arguments));
    Path home = null;
    // Before the verb or right behind it; further behind, it would belong to the command.
    for (int at = 0; at < 2; at++) {
      while (words.size() > at && words.get(at).startsWith(HOME)) {
        String option = words.remove(at);
        if (option.startsWith(HOME + "=")) {
          home = Path.of(option.substring(HOME.length() + 1));
        } else if (option.equals(HOME) && words.size() > at) {
          home = Path.of(words.remove(at));
        } else {
          say(err, "usage: --home DIR");
          return USAGE;
        }
      }
    }
    if (home == null) {
      String fromEnvironment = System.getenv("SLUICE_HOME");
      home = Path.of(fromEnvironment == null ? "home" : fromEnvironment);
    }
    if (words.isEmpty()) {
      say(err, "usage: sluice [--home DIR] SCOPE:COMMAND [ARGUMENT…] | shell [-k] | help");
      return USAGE;
    }
    Client client = new Client(home.toAbsolutePath().normalize());
    return words.getFirst().equals("shell")
        ? client.shell(words.subList(1, words.size()), out, err)
        : client.command(words, out, err);
  }

  private int command(List<String> words, OutputStream out, OutputStream err) throws IOException {
    Wire wire;
    try {
      wire = connect();
    } catch (Unreachable e) {
      say(err, String.valueOf(e.getMessage()));
      return e.exit;
    }
    try (wire) {
      String terminal = Screen.ofStandardOutput();
      if (!terminal.isEmpty()) {
        wire.send('T', terminal);
      }
      wire.send('A', String.join("\0", words));
      return wire.answer(new Wire.Passing(out, err));
    } catch (IOException e) {
      say(err, "sluice: " + e.getMessage());
      return FAILED;
    }
  }

  private int shell(List<String> options, OutputStream out, OutputStream err) throws IOException {
    boolean goOn = false;
    for (String option : options) {
      if (option.equals("-k")) {
        goOn = true;
      } else {
        say(err, "usage: shell [-k]   (-k: a script goes on after a failure)");
        return USAGE;
      }
    }
    try (Wire first = connect()) {
      return Screen.isTerminal(0) && Screen.isTerminal(1)
          ? new Interactive(this, first, new PrintStream(err, true, StandardCharsets.UTF_8)).run()
          : new Script(first, goOn, System.in, out, err).run();
    } catch (Unreachable e) {
      say(err, String.valueOf(e.getMessage()));
      return e.exit;
    }
  }

  /** Nobody to talk to; the message says what to do. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1;
    private final int exit;

    Unreachable(int exit, String message, IOException cause) {
      super(message, cause);
      this.exit = exit;
    }
  }

  Wire connect() throws Unreachable {
    try {
      return Wire.connect(socket);
    } catch (IOException e) {
      if (refused(e)) {
        throw new Unreachable(
            FAILED,
            "sluice: "
                + socket
                + ": permission denied. Run as its owner or as root, or let the owner name one of"
                + " your groups as \"group\" in "
                + home.resolve("configs/org.sluice.host.shell.cfg.json"),
            e);
      }
      throw new Unreachable(
          NOT_RUNNING,
          "sluice: not running with home "
              + home
              + (Files.exists(socket) ? ": nobody listens on " + socket : ": there is no " + socket)
              + ". Start it with: sluice run --home "
              + home,
          e);
    }
  }

  /** The JDK tells a refused connection apart from a missing one by text only. */
  private boolean refused(IOException e) {
    String message = String.valueOf(e.getMessage());
    return e instanceof AccessDeniedException || message.contains("ermission denied");
  }

  Path home() {
    return home;
  }

  private static void say(OutputStream to, String text) throws IOException {
    to.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
