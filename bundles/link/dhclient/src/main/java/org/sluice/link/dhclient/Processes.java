// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which dhclients run. Only those of root or of our own user count, for anybody may start a program
 * of that name; and only those in our network, as far as we may know that of others.
 */
final class Processes {
  private static final String NAME = "dhclient";
  private static final int LONGEST = 64 * 1024;

  private final Path folder;

  /**
   * @param folder {@code /proc}
   */
  Processes(Path folder) {
    this.folder = folder;
  }

  /**
   * @param whole whether processes of others can be seen at all
   */
  record Sight(boolean whole, List<Client> clients) {
    Sight {
      clients = List.copyOf(clients);
    }
  }

  Sight look() throws IOException {
    if (!Files.isDirectory(folder.resolve("self"))) {
      // Not every system tells of processes in this way.
      return new Sight(false, List.of());
    }
    int self = uid(folder.resolve("self"));
    Path ours = network(folder.resolve("self"));
    List<Client> clients = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "[0-9]*")) {
      for (Path process : all) {
        if (isDhclient(process)) {
          client(process, self, ours).ifPresent(clients::add);
        }
      }
    }
    return new Sight(Files.isReadable(folder.resolve("1/comm")), clients);
  }

  boolean runs(Client client) {
    return isDhclient(folder.resolve(Long.toString(client.pid())));
  }

  private static boolean isDhclient(Path process) {
    try {
      return new String(bounded(process.resolve("comm")), StandardCharsets.US_ASCII)
          .equals(NAME + "\n");
    } catch (IOException e) {
      // It has ended.
      return false;
    }
  }

  private static Optional<Client> client(Path process, int self, @Nullable Path ours) {
    try {
      byte[] commandLine = bounded(process.resolve("cmdline"));
      int owner = uid(process);
      Path network = network(process);
      boolean elsewhere = network != null && ours != null && !network.equals(ours);
      // One that has ended and was not waited for has no command line.
      if (commandLine.length == 0 || elsewhere || (owner != 0 && owner != self)) {
        return Optional.empty();
      }
      return Client.of(Long.parseLong(process.getFileName().toString()), commandLine);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static int uid(Path process) throws IOException {
    return (Integer) Files.getAttribute(process, "unix:uid");
  }

  /** Null when we may not know. */
  private static @Nullable Path network(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/net"));
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  private static byte[] bounded(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return new byte[0];
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST);
    }
  }
}
