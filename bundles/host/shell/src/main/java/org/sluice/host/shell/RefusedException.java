// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

/** The peer has not the right; the message says who has. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
