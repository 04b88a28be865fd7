// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

/** The user asked for something that makes no sense; the message says what would. Exit code 2. */
final class Usage extends Exception {
  private static final long serialVersionUID = 1;

  Usage(String message) {
    super(message);
  }
}
