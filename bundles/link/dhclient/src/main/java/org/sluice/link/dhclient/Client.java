// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkName;

/**
 * A dhclient that runs, as its command line tells.
 *
 * @param links it looks after, printable; none for all
 * @param leaseFile null when it is the one that was built in
 * @param configuration empty when it is the one that was built in
 */
record Client(
    long pid, boolean six, List<String> links, @Nullable Path leaseFile, String configuration) {

  private static final Set<String> WITH_VALUE =
      Set.of(
          "-p",
          "-lf",
          "-pf",
          "-cf",
          "-sf",
          "-df",
          "-s",
          "-g",
          "-e",
          "-D",
          "-4o6",
          "--decline-wait-time",
          "--address-prefix-len",
          "--dad-wait-time",
          // Of Red Hat.
          "-C",
          "-H",
          "-F",
          "-V",
          "-timeout");

  Client {
    links = List.copyOf(links);
  }

  /** None when it is one that NetworkManager runs, and tells of itself. */
  static Optional<Client> of(long pid, byte[] commandLine) {
    String[] words = new String(commandLine, StandardCharsets.ISO_8859_1).split("\0");
    boolean six = false;
    Path leases = null;
    String configuration = "";
    List<String> links = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      String value = WITH_VALUE.contains(word) && i + 1 < words.length ? words[++i] : "";
      switch (word) {
        case "-6" -> six = true;
        case "-lf" -> leases = path(value);
        case "-cf" -> configuration = Texts.printable(value);
        case "-sf" -> {
          if (value.contains("nm-dhcp")) {
            return Optional.empty();
          }
        }
        default -> {
          if (!word.startsWith("-") && !word.isEmpty()) {
            links.add(LinkName.printable(word.getBytes(StandardCharsets.ISO_8859_1)));
          }
        }
      }
    }
    return Optional.of(new Client(pid, six, links, leases, configuration));
  }

  private static @Nullable Path path(String bytes) {
    try {
      Path path =
          Path.of(new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
      return path.isAbsolute() ? path.normalize() : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  boolean serves(Slot slot) {
    return six == slot.six() && (links.isEmpty() || links.contains(slot.link()));
  }
}
