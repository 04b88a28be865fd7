// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the process was started with.
 *
 * @param home holds plugins, configuration and state
 * @param host address the HTTP port is bound to
 * @param port of HTTP; 0 takes any free one
 * @param inherited whether HTTP is served on the listening socket that is the standard input
 * @param safeMode whether plugins stay out
 * @param privileges that no thread may exceed; null when nothing was said of them
 */
record Arguments(
    Path home,
    String host,
    int port,
    boolean inherited,
    boolean safeMode,
    @Nullable Privileges privileges) {
  private static final String INHERITED = "inherited";

  static final String USAGE =
      """
      sluice run [--home DIR] [--http HOST:PORT] [--safe-mode] [--privileges LIST]

        --home DIR         holds plugins/, configs/, hooks.d/ and var/; filled with the defaults when empty
        --http HOST:PORT   where HTTP is served (127.0.0.1:9090); port 0 takes any free one,
                           inherited the listening socket that is the standard input
        --safe-mode        starts the bundles of the product only, no plugins
        --privileges LIST  refuses to run when a thread is root or may do more than this, such as net_admin,net_raw
      """;

  /** The call makes no sense; the message says why. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  static Arguments parse(List<String> words) throws UsageException {
    Path home = Path.of("").toAbsolutePath();
    String http = "127.0.0.1:9090";
    boolean safe = false;
    Privileges privileges = null;
    Deque<String> rest = new ArrayDeque<>(words);
    while (!rest.isEmpty()) {
      String word = rest.pop();
      switch (word) {
        case "--home" -> home = Path.of(value(word, rest)).toAbsolutePath().normalize();
        case "--http" -> http = value(word, rest);
        case "--safe-mode" -> safe = true;
        case "--privileges" -> privileges = privileges(value(word, rest));
        default ->
            throw new UsageException("unknown option %s; see: sluice run --help".formatted(word));
      }
    }
    if (http.equals(INHERITED)) {
      return new Arguments(home, "127.0.0.1", 0, true, safe, privileges);
    }
    int colon = http.lastIndexOf(':');
    String host = colon < 0 ? "" : http.substring(0, colon);
    return new Arguments(home, host, port(http, colon), false, safe, privileges);
  }

  private static String value(String option, Deque<String> rest) throws UsageException {
    if (rest.isEmpty() || rest.peek().startsWith("--")) {
      throw new UsageException(option + " needs a value; see: sluice run --help");
    }
    return rest.pop();
  }

  private static Privileges privileges(String words) throws UsageException {
    try {
      return Privileges.of(words);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--privileges: " + e.getMessage());
    }
  }

  private static int port(String http, int colon) throws UsageException {
    String text = http.substring(colon + 1);
    if (colon > 0 && text.matches("\\d{1,5}") && Integer.parseInt(text) < 65536) {
      return Integer.parseInt(text);
    }
    throw new UsageException("--http takes HOST:PORT such as 127.0.0.1:9090, not " + http);
  }
}
