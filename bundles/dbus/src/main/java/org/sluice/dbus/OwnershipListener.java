// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/** Is told what became of a name that was asked for; see {@link Bus} for threads and order. */
@FunctionalInterface
public interface OwnershipListener {

  enum Ownership {
    /** The name is ours. */
    OWNED,
    /** Somebody else has it; it becomes ours when he leaves. */
    QUEUED,
    /** The bus does not let us have it. It is asked for again on the next connection. */
    REFUSED,
    /** The connection is gone, and the name with it. */
    LOST
  }

  /**
   * @param detail for people; what the bus said when it refused
   */
  void told(String name, Ownership ownership, String detail);
}
