// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** What a message is; the number on the wire. */
enum MessageKind {
  CALL(1),
  REPLY(2),
  ERROR(3),
  SIGNAL(4),
  /** Of a later version of the protocol; to be ignored. */
  UNKNOWN(255);

  private final int number;

  MessageKind(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static MessageKind of(int number) {
    for (MessageKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    return UNKNOWN;
  }
}
