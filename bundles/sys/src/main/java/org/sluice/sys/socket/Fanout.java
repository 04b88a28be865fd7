// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

/**
 * That several packet sockets on an interface share what arrives, each packet going to one of them.
 *
 * @param group the number of the group, from 0 to 65535; its members agree on all the rest too
 * @param defragment whether fragments of IPv4 are put together before a member is chosen
 */
public record Fanout(Choice choice, int group, boolean defragment) {
  /** Who gets a packet. */
  public enum Choice {
    /** By the hash of its flow, so that a flow stays with one member. */
    HASH(0),
    /** One after another. */
    BALANCE(1),
    /** By the processor on which it arrived. */
    CPU(2),
    /** By the queue of the interface. */
    QUEUE(5);

    private final int number;

    Choice(int number) {
      this.number = number;
    }
  }

  private static final int DEFRAGMENT = 0x8000;
  private static final int IGNORE_OUTGOING = 0x4000;

  public Fanout {
    if (group < 0 || group > 0xffff) {
      throw new IllegalArgumentException("a group is from 0 to 65535, not " + group);
    }
  }

  int argument() {
    return group | (choice.number | IGNORE_OUTGOING | (defragment ? DEFRAGMENT : 0)) << 16;
  }
}
