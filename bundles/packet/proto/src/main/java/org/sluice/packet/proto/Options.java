// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * Walks through options, each a type, a length and data. The header that the options belong to lays
 * it on them; one that does not fit into its place ends the walk.
 */
public final class Options {
  /** How options are written. */
  enum Kind {
    /** IPv4 and TCP: 0 ends, 1 fills one byte, the length counts type and length. */
    CLASSIC,
    /** IPv6: 0 fills one byte, the length counts the data. */
    SIX,
    /** Neighbour discovery: the length counts units of eight bytes, with type and length. */
    NEIGHBOUR
  }

  private static final int LAST = 0;
  private static final int UNSOUND = -1;

  private MemorySegment memory = MemorySegment.NULL;
  private Kind kind = Kind.CLASSIC;
  private long next;
  private long end;
  private long at;
  private int size;
  private int type;

  void begin(Kind kind, MemorySegment memory, long address, long end) {
    this.kind = kind;
    this.memory = memory;
    next = address;
    this.end = end;
    size = 0;
  }

  /** Goes to the next option, past those that only fill; false at the end. */
  public boolean next() {
    while (next < end) {
      int whole = whole(kind, memory, next, end);
      if (whole <= 0) {
        next = end;
        return false;
      }
      at = next + 2;
      size = whole - 2;
      next += whole;
      if (whole > 1) {
        type = Wire.u8(memory, at - 2);
        return true;
      }
    }
    return false;
  }

  public int type() {
    return type;
  }

  /** Where the data of the option begins. */
  public long address() {
    return at;
  }

  /** How many bytes of data the option has. */
  public int length() {
    return size;
  }

  /** Whether every option has its place between the two addresses. */
  static boolean sound(Kind kind, MemorySegment memory, long address, long end) {
    for (long next = address; next < end; ) {
      int whole = whole(kind, memory, next, end);
      if (whole <= 0) {
        return whole == LAST;
      }
      next += whole;
    }
    return true;
  }

  /** How many bytes an option has; 1 for one that fills. */
  private static int whole(Kind kind, MemorySegment memory, long at, long end) {
    int type = Wire.u8(memory, at);
    if (kind == Kind.CLASSIC && type == 0) {
      return LAST;
    }
    if ((kind == Kind.CLASSIC && type == 1) || (kind == Kind.SIX && type == 0)) {
      return 1;
    }
    if (end - at < 2) {
      return UNSOUND;
    }
    int length = Wire.u8(memory, at + 1);
    int whole =
        switch (kind) {
          case CLASSIC -> length;
          case SIX -> length + 2;
          case NEIGHBOUR -> 8 * length;
        };
    return whole < 2 || whole > end - at ? UNSOUND : whole;
  }
}
