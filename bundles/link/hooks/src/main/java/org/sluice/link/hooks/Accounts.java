// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.sys.Child;
import org.sluice.sys.Program;

/** Finds users by name or number. */
final class Accounts {
  private static final Path LOCAL = Path.of("/etc/passwd");
  private static final Path GETENT = Path.of("/usr/bin/getent");
  private static final int FIELDS = 7;
  private static final long PATIENCE_MILLIS = 2000;

  private Accounts() {}

  /** The one this process runs as. */
  static Account own() throws IOException {
    int number = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return find(Integer.toString(number))
        .orElseGet(() -> new Account(Integer.toString(number), number, number, "/"));
  }

  /** First in the file of local users, then wherever the system looks for them. */
  static Optional<Account> find(String user) throws IOException {
    Optional<Account> local = in(Files.readAllLines(LOCAL, StandardCharsets.ISO_8859_1), user);
    if (local.isPresent() || user.startsWith("-") || !Files.isExecutable(GETENT)) {
      return local;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Program program =
        new Program(
            GETENT, List.of("passwd", user), Map.of("PATH", "/usr/bin:/bin"), Path.of("/"), "");
    try (Child child = Child.start(program)) {
      child.await(PATIENCE_MILLIS, out::writeBytes);
    }
    return in(out.toString(StandardCharsets.ISO_8859_1).lines().toList(), user);
  }

  private static Optional<Account> in(List<String> lines, String user) {
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length >= FIELDS && (fields[0].equals(user) || fields[2].equals(user))) {
        try {
          return Optional.of(
              new Account(
                  fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[5]));
        } catch (NumberFormatException e) {
          // Not a line that tells a user; another one may.
        }
      }
    }
    return Optional.empty();
  }
}
