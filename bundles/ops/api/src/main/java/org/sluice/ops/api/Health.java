// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

/**
 * The answer of a {@link HealthCheck}.
 *
 * @param text what is so, with values and units
 * @param remedy what a person can do about it; empty when there is nothing to do
 */
public record Health(Status status, String text, String remedy) {

  /** Ordered from well to ill. */
  public enum Status {
    OK,
    WARN,
    CRITICAL
  }

  public static Health ok(String text) {
    return new Health(Status.OK, text, "");
  }

  public static Health warn(String text, String remedy) {
    return new Health(Status.WARN, text, remedy);
  }

  public static Health critical(String text, String remedy) {
    return new Health(Status.CRITICAL, text, remedy);
  }
}
