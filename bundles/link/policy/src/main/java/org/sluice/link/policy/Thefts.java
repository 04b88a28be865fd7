// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who took away what, as far as it was seen. Any thread may ask. */
final class Thefts {
  private static final int REMEMBERED = 4096;

  private final Map<Owned, String> seen = new LinkedHashMap<>();

  synchronized void saw(Owned taken, int port) {
    seen.remove(taken);
    seen.put(taken, name(port));
    if (seen.size() > REMEMBERED) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  /** Empty when nobody knows. */
  synchronized String forget(Owned taken) {
    String by = seen.remove(taken);
    return by == null ? "" : by;
  }

  synchronized void clear() {
    seen.clear();
  }

  /**
   * The port of a netlink socket is most often the number of its process; a process that has ended
   * meanwhile has no name any more.
   */
  private static String name(int port) {
    if (port == 0) {
      return "kernel";
    }
    Path comm = Path.of("/proc", Integer.toUnsignedString(port), "comm");
    try {
      String name = Files.readString(comm, StandardCharsets.ISO_8859_1).strip();
      return name.replaceAll("[^\\x21-\\x7e]", "?") + " (pid " + port + ")";
    } catch (IOException e) {
      return port > 0 ? "pid " + port : "netlink port " + Integer.toUnsignedString(port);
    }
  }
}
