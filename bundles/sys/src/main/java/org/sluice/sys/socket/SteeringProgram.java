// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program of classic BPF that chooses among the sockets that share an address. It is given the
 * payload of UDP and returns the place of a socket in the order in which the kernel keeps them:
 *
 * <pre>
 *        ld   #len
 *        jge  #(offset + 4), 1, 0
 *        ret  #(place of member 0)
 *        ld   [offset]
 *        mod  #members
 *        jeq  #0, 0, 1
 *        ret  #(place of member 0)
 *        jeq  #1, 0, 1
 *        ret  #(place of member 1)
 *        …
 *        ret  #-1
 * </pre>
 *
 * <p>A place that does not exist, as that of the last line, leaves the choice to the kernel.
 */
final class SteeringProgram {
  private static final short LOAD_LENGTH = 0x80;
  private static final short LOAD_WORD = 0x20;
  private static final short MODULO = 0x94;
  private static final short JUMP_EQUAL = 0x15;
  private static final short JUMP_GREATER_OR_EQUAL = 0x35;
  private static final short RETURN = 0x06;
  private static final int NOWHERE = -1;
  private static final int INSTRUCTION = 8;

  private final int[] placeOfMember;
  private final int offset;

  /**
   * @param placeOfMember for each member its place, or -1 when it is not there
   * @param offset in the payload of the four bytes that decide
   */
  SteeringProgram(int[] placeOfMember, int offset) {
    this.placeOfMember = placeOfMember.clone();
    this.offset = offset;
  }

  /** As {@code struct sock_fprog}. */
  MemorySegment structure(Arena arena) {
    int members = placeOfMember.length;
    MemorySegment code = arena.allocate((long) INSTRUCTION * (6 + 2L * members), 8);
    int at = 0;
    at = put(code, at, LOAD_LENGTH, 0, 0, 0);
    at = put(code, at, JUMP_GREATER_OR_EQUAL, 1, 0, offset + 4);
    at = put(code, at, RETURN, 0, 0, placeOfMember[0]);
    at = put(code, at, LOAD_WORD, 0, 0, offset);
    at = put(code, at, MODULO, 0, 0, members);
    for (int member = 0; member < members; member++) {
      at = put(code, at, JUMP_EQUAL, 0, 1, member);
      at = put(code, at, RETURN, 0, 0, placeOfMember[member]);
    }
    at = put(code, at, RETURN, 0, 0, NOWHERE);
    MemorySegment program = arena.allocate(16, 8);
    program.set(JAVA_SHORT, 0, (short) at);
    program.set(ADDRESS, 8, code);
    return program;
  }

  private static int put(MemorySegment code, int at, short operation, int yes, int no, int value) {
    long to = (long) INSTRUCTION * at;
    code.set(JAVA_SHORT, to, operation);
    code.set(JAVA_BYTE, to + 2, (byte) yes);
    code.set(JAVA_BYTE, to + 3, (byte) no);
    code.set(JAVA_INT, to + 4, value);
    return at + 1;
  }
}
