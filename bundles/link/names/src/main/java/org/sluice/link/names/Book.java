// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;

/**
 * What was handed over, kept over restarts as text: resolved and hostnamed do not keep who told
 * them. It is written before anything is done, so that what was begun is found after a crash. Of an
 * earlier boot nothing is left to own. For one thread.
 */
final class Book {
  private static final String HEAD = "# What Sluice told systemd-resolved and systemd-hostnamed.\n";

  private final Path file;
  private final String boot;
  private final Map<Integer, Entry> links = new TreeMap<>();
  private @Nullable Host host;

  /**
   * @param mac tells a link from a later one with the same index; may be empty
   */
  record Entry(int index, String mac, String link, Servers servers) {}

  /**
   * @param before the name that was there; empty for none
   */
  record Host(String name, String before) {}

  Book(Path file, String boot) {
    this.file = file;
    this.boot = boot;
  }

  /**
   * Reads what was written down in this boot.
   *
   * @throws IOException when there is something that cannot be read
   */
  void read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return;
    }
    if (!lines.contains("boot " + boot)) {
      return;
    }
    try {
      for (String line : lines) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("link") && words.length >= 4) {
          Entry entry = entry(words);
          links.put(entry.index(), entry);
        } else if (words[0].equals("host") && words.length == 3) {
          host = new Host(words[1], words[2]);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Entry entry(String[] words) {
    List<IpAddress> addresses = new ArrayList<>();
    List<Servers.Domain> domains = new ArrayList<>();
    for (String word : List.of(words).subList(4, words.length)) {
      if (word.startsWith("=")) {
        addresses.add(IpAddress.parse(word.substring(1)));
      } else {
        boolean routeOnly = word.startsWith("~");
        domains.add(new Servers.Domain(routeOnly ? word.substring(1) : word, routeOnly));
      }
    }
    return new Entry(
        Integer.parseInt(words[1]),
        words[2].equals("-") ? "" : words[2],
        words[3],
        new Servers(addresses, domains));
  }

  List<Entry> links() {
    return List.copyOf(links.values());
  }

  Optional<Entry> link(int index) {
    return Optional.ofNullable(links.get(index));
  }

  Optional<Host> host() {
    return Optional.ofNullable(host);
  }

  boolean blank() {
    return links.isEmpty() && host == null;
  }

  void put(Entry entry) throws IOException {
    if (!entry.equals(links.put(entry.index(), entry))) {
      write();
    }
  }

  void drop(int index) throws IOException {
    if (links.remove(index) != null) {
      write();
    }
  }

  void host(@Nullable Host changed) throws IOException {
    host = changed;
    write();
  }

  private void write() throws IOException {
    if (blank()) {
      Files.deleteIfExists(file);
      return;
    }
    StringBuilder text = new StringBuilder(HEAD).append("boot ").append(boot).append('\n');
    for (Entry entry : links.values()) {
      text.append("link ").append(entry.index()).append(' ');
      text.append(entry.mac().isEmpty() ? "-" : entry.mac()).append(' ').append(entry.link());
      entry.servers().addresses().forEach(address -> text.append(" =").append(address));
      entry.servers().domains().forEach(domain -> text.append(' ').append(domain));
      text.append('\n');
    }
    if (host != null) {
      text.append("host ").append(host.name()).append(' ').append(host.before()).append('\n');
    }
    Files.createDirectories(file.getParent());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
