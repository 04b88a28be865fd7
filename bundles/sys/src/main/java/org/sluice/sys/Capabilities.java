// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a thread may do, as the kernel has it. Read from {@code /proc}, which answers for every
 * thread of a process alike; {@code capget} would only add a call to link.
 *
 * @param user the effective user id
 * @param effective what it may do now
 * @param ambient what a program it starts keeps
 * @param bounding what it could ever get
 * @param noNewPrivileges whether a program it starts can gain nothing
 */
public record Capabilities(
    int user,
    Set<Capability> effective,
    Set<Capability> ambient,
    Set<Capability> bounding,
    boolean noNewPrivileges) {

  /** Of the calling thread. */
  public static Capabilities current() throws IOException {
    return of(Path.of("/proc/thread-self/status"));
  }

  /**
   * @param status a {@code status} file below {@code /proc}
   */
  public static Capabilities of(Path status) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line : Files.readAllLines(status)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    try {
      String[] users = fields.getOrDefault("Uid", "").split("\\s+", -1);
      return new Capabilities(
          Integer.parseInt(users[users.length > 1 ? 1 : 0]),
          set(fields, "CapEff"),
          set(fields, "CapAmb"),
          set(fields, "CapBnd"),
          "1".equals(fields.get("NoNewPrivs")));
    } catch (NumberFormatException e) {
      throw new IOException(status + " is not the status of a thread: " + e.getMessage(), e);
    }
  }

  /**
   * Makes the calling thread give up every capability, and whatever programs could ever give it new
   * ones, for good. Only this thread: the others keep theirs. A program it starts has none, even as
   * root. The thread must start no other thread afterwards, and wake no virtual one, for a thread
   * begins with the rights of the one that starts it.
   *
   * @return what it may do now
   */
  public static Capabilities renounce() throws IOException {
    LibcProcess.renounce();
    return current();
  }

  public boolean has(Capability capability) {
    return effective.contains(capability);
  }

  /** Those of the wanted ones that are not effective. */
  public Set<Capability> missing(Set<Capability> wanted) {
    EnumSet<Capability> missing = EnumSet.noneOf(Capability.class);
    missing.addAll(wanted);
    missing.removeAll(effective);
    return missing;
  }

  /** How a person grants what is missing. */
  public static String remedy(Set<Capability> missing) {
    if (missing.isEmpty()) {
      return "";
    }
    String names = missing.stream().map(Enum::name).collect(Collectors.joining(" "));
    String plus =
        missing.stream()
            .map(c -> "+" + c.name().substring("CAP_".length()).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(","));
    return "grant it in the systemd unit with AmbientCapabilities="
        + names
        + ", or start through: setpriv --inh-caps "
        + plus
        + " --ambient-caps "
        + plus
        + " ./sluice run";
  }

  private static Set<Capability> set(Map<String, String> fields, String name) {
    long bits = Long.parseUnsignedLong(fields.getOrDefault(name, ""), 16);
    return Collections.unmodifiableSet(Capability.in(bits));
  }
}
