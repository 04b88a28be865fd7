// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what other products were told, writes what Sluice is to be told, and says what is left. */
public final class Migrate {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      Makes configuration of Sluice, of that of another product.

        sluice migrate                         of every product that is found on this host
        sluice migrate PRODUCT                 of this one: netevd, network-broker,
                                               networkd-dispatcher or networkmanager
        sluice migrate PRODUCT FOLDER          from this folder
        sluice migrate netevd FILE             from this file alone; network-broker, too

        --to DIR     where to write (migrated): configs/ and hooks.d/, as in a home
        --force      replace files that are there already

      Nothing else is changed. The report has one line for each thing that was found:
        done  Sluice does the same
        look  it does something like it, or you have to decide
        none  it has nothing like it
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words = new ArrayList<>();
  private final Report report = new Report();
  private final Output output = new Output();
  private Path to = Path.of("migrated");
  private boolean force;
  private boolean help;

  Migrate(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, java.nio.charset.StandardCharsets.UTF_8);
    System.exit(new Migrate(out, System.err).run(List.of(args)));
  }

  int run(List<String> args) {
    try {
      parse(args);
      if (help) {
        out.print(HELP);
        return DONE;
      }
      if (!read()) {
        err.println(
            "sluice migrate: nothing found to migrate; looked at "
                + Stream.of(Product.values())
                    .flatMap(product -> product.places().stream())
                    .map(Path::toString)
                    .collect(Collectors.joining(", "))
                + ". Name a product and a folder.");
        return FAILED;
      }
      if (!output.files().isEmpty()) {
        output.write(to, force);
      }
      tell();
      return DONE;
    } catch (IllegalArgumentException e) {
      err.println("sluice migrate: " + e.getMessage());
      err.print(HELP);
      return USAGE;
    } catch (FileAlreadyExistsException e) {
      err.println(
          "sluice migrate: "
              + e.getFile()
              + " is there already; nothing was written. Choose another folder with --to, or"
              + " --force");
      return FAILED;
    } catch (NoSuchFileException e) {
      err.println("sluice migrate: there is no file or folder " + e.getFile());
      return FAILED;
    } catch (AccessDeniedException e) {
      err.println("sluice migrate: " + e.getFile() + " must not be read or written by this user");
      return FAILED;
    } catch (IOException | SettingsException e) {
      err.println("sluice migrate: " + e.getMessage());
      return FAILED;
    }
  }

  private void parse(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      switch (arg) {
        case "--to" -> {
          if (++i == args.size()) {
            throw new IllegalArgumentException("--to needs a folder");
          }
          to = Path.of(args.get(i));
        }
        case "--force" -> force = true;
        case "--help", "-h", "help" -> help = true;
        default -> {
          if (arg.startsWith("--to=")) {
            to = Path.of(arg.substring("--to=".length()));
          } else if (arg.startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + arg);
          } else {
            words.add(arg);
          }
        }
      }
    }
    if (words.size() > 2) {
      throw new IllegalArgumentException("too many words: " + words.getLast());
    }
  }

  /** Whether there was anything. */
  private boolean read() throws IOException, SettingsException {
    if (words.isEmpty()) {
      for (Product product : Product.values()) {
        places(product);
      }
      return !report.isEmpty();
    }
    Product product =
        Product.named(words.getFirst())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        words.getFirst()
                            + " is none of "
                            + Stream.of(Product.values())
                                .map(Product::word)
                                .collect(Collectors.joining(", "))));
    if (words.size() == 1) {
      places(product);
      return !report.isEmpty();
    }
    Path place = Path.of(words.get(1));
    if (!Files.exists(place)) {
      throw new NoSuchFileException(place.toString());
    }
    place(product, place);
    return true;
  }

  private void places(Product product) throws IOException, SettingsException {
    for (Path place : product.places()) {
      if (Files.isDirectory(place)) {
        place(product, place);
      }
    }
  }

  private void place(Product product, Path place) throws IOException, SettingsException {
    switch (product) {
      case NETEVD -> new Netevd(output, report).migrate(place);
      case NETWORK_BROKER -> new NetworkBroker(output, report).migrate(place);
      case NETWORKD_DISPATCHER, NETWORKMANAGER -> {
        if (!Files.isDirectory(place)) {
          throw new IOException(place + " is no folder, and this product has only folders");
        }
        new Compatible(product, output, report).migrate(place);
      }
    }
  }

  private void tell() {
    report.print(out);
    out.printf(
        "%n%d done, %d to look at, %d with nothing like it%n",
        report.count(Outcome.DONE), report.count(Outcome.LOOK), report.count(Outcome.NONE));
    List<String> files = output.files();
    if (files.isEmpty()) {
      out.println("nothing to write");
      return;
    }
    out.println("written into " + to + ":");
    files.forEach(file -> out.println("  " + file));
    out.println("before you start:");
    report.printSteps(out);
    out.println(
        "- try it: sluice --home " + to + " run, then sluice --home " + to + " config:status");
  }
}
