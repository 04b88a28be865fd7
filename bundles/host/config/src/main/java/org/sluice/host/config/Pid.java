// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.Optional;

/**
 * What a configuration file is about, as its name says it: {@code PID.cfg.json}, or {@code
 * FACTORY~NAME.cfg.json} for things there are many of.
 *
 * @param base the PID, or the factory PID
 * @param name which of the many; empty for the only one
 */
record Pid(String base, String name) implements Comparable<Pid> {
  static final String SUFFIX = ".cfg.json";

  /** Empty when the name of the file has no PID in it. */
  static Optional<Pid> ofFile(String file) {
    String stem = file.substring(0, file.length() - SUFFIX.length());
    int tilde = stem.indexOf('~');
    if (stem.isEmpty() || tilde == 0 || (tilde > 0 && tilde == stem.length() - 1)) {
      return Optional.empty();
    }
    return Optional.of(of(stem));
  }

  static Pid of(String text) {
    int tilde = text.indexOf('~');
    return tilde < 0
        ? new Pid(text, "")
        : new Pid(text.substring(0, tilde), text.substring(tilde + 1));
  }

  boolean oneOfMany() {
    return !name.isEmpty();
  }

  String file() {
    return this + SUFFIX;
  }

  @Override
  public int compareTo(Pid other) {
    return toString().compareTo(other.toString());
  }

  /** As Config Admin spells it. */
  @Override
  public String toString() {
    return name.isEmpty() ? base : base + "~" + name;
  }
}
