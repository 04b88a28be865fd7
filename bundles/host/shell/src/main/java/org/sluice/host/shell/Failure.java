// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.SyntaxError;

/** How a command failed, as the user is told. */
record Failure(int exit, String message, Throwable cause) {
  static final int FAILED = 1;
  static final int USAGE = 2;

  static Failure of(Throwable thrown, Help help) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException
            || cause instanceof InvocationTargetException
            || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case Usage e -> new Failure(USAGE, text(e), e);
      case CommandNotFoundException e -> new Failure(USAGE, text(help.unknown(e.getCommand())), e);
      case SyntaxError e -> new Failure(USAGE, text(e), e);
      case EOFException e when isOfGogo(e) ->
          new Failure(USAGE, "the line is not complete: " + text(e), e);
      case IllegalArgumentException e -> new Failure(USAGE, text(e), e);
      case InterruptedException e -> new Failure(FAILED, "interrupted", e);
      case InterruptedIOException e -> new Failure(FAILED, "interrupted", e);
      case ClosedByInterruptException e -> new Failure(FAILED, "interrupted", e);
      default -> new Failure(FAILED, text(cause), cause);
    };
  }

  /** Whether it was Gogo's own doing, such as finding no method for the arguments. */
  static boolean isOfGogo(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith("org.apache.felix.gogo.runtime.");
  }

  private static String text(Throwable thrown) {
    String message = thrown.getMessage();
    if (message != null && !message.isBlank()) {
      // The message of a JDK exception about a file is the file alone.
      return thrown instanceof java.nio.file.FileSystemException && !message.contains(" ")
          ? thrown.getClass().getSimpleName() + ": " + message
          : message;
    }
    return thrown.getClass().getSimpleName();
  }
}
