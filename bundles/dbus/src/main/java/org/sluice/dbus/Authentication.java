// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;

/**
 * Says who we are, by the mechanism EXTERNAL: the kernel has told the bus already. No identity is
 * named, because within a user namespace our number is another than the one the bus sees.
 */
final class Authentication {
  private static final int LONGEST = 4096;

  private final StringBuilder line = new StringBuilder();
  private boolean done;

  /** What is sent first; the zero byte carries the credentials on some systems. */
  String greeting() {
    return "\0AUTH EXTERNAL\r\n";
  }

  boolean done() {
    return done;
  }

  /**
   * Takes one byte of what the bus says.
   *
   * @return what to send now; mostly nothing
   */
  String take(byte received) throws IOException {
    if (received != '\n') {
      if (line.length() >= LONGEST) {
        throw new IOException("the bus answered the authentication without end");
      }
      line.append((char) (received & 0x7f));
      return "";
    }
    String answer = line.toString().strip();
    line.setLength(0);
    if (answer.startsWith("OK")) {
      done = true;
      return "BEGIN\r\n";
    }
    if (answer.startsWith("DATA")) {
      return "DATA\r\n";
    }
    throw new IOException(
        "the bus refused the authentication: "
            + Names.quoted(answer)
            + (answer.startsWith("REJECTED") ? " — is this user known to the bus?" : ""));
  }
}
