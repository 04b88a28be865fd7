// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was lost and put back, and who took it away, as far as that was seen. The news of a loss and
 * the look that finds it come in either order. Any thread may ask.
 */
final class Thefts {
  private static final int REMEMBERED = 4096;
  private static final int HEALS_REMEMBERED = 500;

  /** News that come so much later are about another loss. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private final Map<Owned, String> seen = new LinkedHashMap<>();
  private final List<Heal> heals = new ArrayList<>();

  /** Something of ours was removed by a netlink port. */
  synchronized void saw(Owned taken, int port) {
    String name = name(port);
    if (explains(taken, name)) {
      return;
    }
    seen.remove(taken);
    seen.put(taken, name);
    if (seen.size() > REMEMBERED) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  /** Whether a loss that was found before is the one that is told now. */
  private boolean explains(Owned taken, String name) {
    Instant since = Instant.now().minus(LATE);
    for (int i = heals.size() - 1; i >= 0 && heals.get(i).time().isAfter(since); i--) {
      Heal heal = heals.get(i);
      if (heal.by().isEmpty() && heal.subject().equals(taken)) {
        heals.set(i, heal.by(name));
        return true;
      }
    }
    return false;
  }

  /** Something was put back. */
  synchronized void healed(String link, Owned subject, String what) {
    String by = seen.remove(subject);
    heals.add(new Heal(Instant.now(), link, subject, what, by == null ? "" : by));
    if (heals.size() > HEALS_REMEMBERED) {
      heals.removeFirst();
    }
  }

  /** It is there, or not to be there: whoever took it away before does not matter. */
  synchronized void forget(Owned subject) {
    seen.remove(subject);
  }

  /** What was put back, latest last. */
  synchronized List<Heal> heals() {
    return List.copyOf(heals);
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
