// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

/**
 * Conventions for commands. A command is a service with the Gogo properties {@code
 * osgi.command.scope} and {@code osgi.command.function}; its method carries Gogo's
 * {@code @Descriptor} whose first line says what the command does and whose lines starting with
 * {@code Example:} show how it is called.
 *
 * <p>The method returns a record, a list or a stream of records, a text, or an {@link Outcome}. The
 * shell prints a table, or JSON when {@code --json} was given. A stream is printed as it flows and
 * closed when the reader goes. {@link IllegalArgumentException} means wrong use (exit code 2), any
 * other exception failure (exit code 1); the message is printed, so it must say what to do.
 */
public final class Commands {

  /**
   * Service property: those functions of the service which only read. Only these may be called by
   * the read-only role.
   */
  public static final String READS = "org.sluice.command.reads";

  private Commands() {}
}
