// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

/**
 * Something wrong in a configuration file, at its place.
 *
 * @param severity whether the file is refused for it
 * @param line from 1; 0 when the problem is the file as a whole
 * @param column from 1
 * @param key the key it is about; may be empty
 * @param text what is wrong, with the value
 * @param remedy what is allowed, or what was probably meant
 */
public record ConfigProblem(
    Severity severity, String file, int line, int column, String key, String text, String remedy) {

  /** Whether it stands in the way. */
  public enum Severity {
    WARNING,
    ERROR
  }

  public boolean error() {
    return severity == Severity.ERROR;
  }

  /** As a compiler would print it. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line + ":" + column : "")
        + ": "
        + (key.isEmpty() ? "" : key + ": ")
        + text
        + (remedy.isEmpty() ? "" : " — " + remedy);
  }
}
