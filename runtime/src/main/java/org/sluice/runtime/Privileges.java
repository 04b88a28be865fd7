// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The only privileges that the process may have. Looked up for every thread: a privilege is one of
 * a thread, and a process that dropped it in one may have it in all others.
 *
 * @param names such as {@code net_admin}, with their numbers in the kernel
 */
record Privileges(Map<String, Integer> names) {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** What networks can ask for, and what it takes to run hooks as other users. */
  private static final Map<String, Integer> KNOWN =
      Map.of(
          "kill", 5,
          "setgid", 6,
          "setuid", 7,
          "net_bind_service", 10,
          "net_admin", 12,
          "net_raw", 13,
          "ipc_lock", 14,
          "sys_nice", 23,
          "sys_resource", 24,
          "bpf", 39);

  private static final List<String> SETS =
      List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb");

  Privileges {
    names = new TreeMap<>(names);
  }

  /**
   * @param words separated by commas; {@code none} for none
   * @throws IllegalArgumentException when one of them is not known
   */
  static Privileges of(String words) {
    Map<String, Integer> names = new TreeMap<>();
    for (String word : words.equals("none") ? new String[0] : words.split(",", -1)) {
      String name = word.toLowerCase(Locale.ROOT).replaceFirst("^cap_", "");
      Integer number = KNOWN.get(name);
      if (number == null) {
        throw new IllegalArgumentException(
            "%s is no privilege; there are %s, or none"
                .formatted(word, String.join(", ", new TreeMap<>(KNOWN).keySet())));
      }
      names.put(name, number);
    }
    return new Privileges(names);
  }

  /** As the kernel counts them. */
  long bits() {
    return names.values().stream().mapToLong(number -> 1L << number).reduce(0, (a, b) -> a | b);
  }

  /** Threads that may do more, each with what it has; empty when all is well. */
  List<String> exceeded() throws IOException {
    List<String> exceeded = new ArrayList<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        exceeded.addAll(exceededBy(status(task)));
      }
    }
    return exceeded;
  }

  private static List<String> status(Path task) throws IOException {
    try {
      return Files.readAllLines(task.resolve("status"));
    } catch (NoSuchFileException e) {
      // It ended meanwhile.
      return List.of();
    }
  }

  /**
   * @param status of a thread, as the kernel tells it
   */
  private List<String> exceededBy(List<String> status) {
    Map<String, String> fields =
        status.stream()
            .map(line -> line.split(":", 2))
            .filter(parts -> parts.length == 2)
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1].strip(), (a, b) -> a));
    List<String> exceeded = new ArrayList<>();
    String thread = "thread " + fields.getOrDefault("Name", "?");
    String users = fields.getOrDefault("Uid", "");
    if (List.of(users.split("\\s+")).contains("0")) {
      exceeded.add(thread + " is root (Uid " + users.replaceAll("\\s+", " ") + ")");
    }
    for (String set : SETS) {
      long has = Long.parseUnsignedLong(fields.getOrDefault(set, "0"), 16);
      if ((has & ~bits()) != 0) {
        exceeded.add("%s has %s %x".formatted(thread, set, has & ~bits()));
      }
    }
    return exceeded;
  }

  @Override
  public String toString() {
    return names.isEmpty() ? "none" : String.join(",", names.keySet());
  }
}
