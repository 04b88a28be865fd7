// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.util.Optional;
import org.sluice.link.api.Management.Stage;

/** How dhclient stands with a family of a link. */
enum Stand {
  INIT("init", Stage.CONFIGURING),
  BOUND("bound", Stage.CONFIGURED),
  EXPIRED("expired", Stage.WAITING),
  FAILED("failed", Stage.WAITING),
  RELEASED("released", Stage.WAITING),
  STOPPED("stopped", Stage.WAITING);

  private final String word;
  private final Stage stage;

  Stand(String word, Stage stage) {
    this.word = word;
    this.stage = stage;
  }

  String word() {
    return word;
  }

  Stage stage() {
    return stage;
  }

  /** Whether dhclient gave it up by itself, and is about to end. */
  boolean givenUp() {
    return this == RELEASED || this == STOPPED;
  }

  /**
   * What a reason of dhclient-script leads to; none when it says nothing of that.
   *
   * @param reason without the 6 of DHCPv6
   */
  static Optional<Stand> of(String reason) {
    return switch (reason) {
      case "PREINIT" -> Optional.of(INIT);
      case "BOUND", "RENEW", "REBIND", "REBOOT", "TIMEOUT", "DEPREF" -> Optional.of(BOUND);
      case "EXPIRE" -> Optional.of(EXPIRED);
      case "FAIL" -> Optional.of(FAILED);
      case "RELEASE" -> Optional.of(RELEASED);
      case "STOP" -> Optional.of(STOPPED);
      default -> Optional.empty();
    };
  }
}
