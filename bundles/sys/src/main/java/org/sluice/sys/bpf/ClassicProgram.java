// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Locale;

/** A finished program of classic BPF, as {@link ClassicAssembler} makes it. */
public record ClassicProgram(List<Instruction> instructions) {
  /** The most instructions that the kernel takes. */
  public static final int LONGEST = 4096;

  private static final int SIZE = 8;

  /** Lets every packet through, whole. */
  public static final ClassicProgram ALL = always(-1);

  /** Lets no packet through. */
  public static final ClassicProgram NOTHING = always(0);

  /**
   * One instruction.
   *
   * @param yes how many instructions a jump skips when its condition holds, from 0 to 255
   * @param no how many it skips otherwise
   * @param operand a number, an offset or a place in the scratch memory, by the code
   */
  public record Instruction(int code, int yes, int no, int operand) {}

  public ClassicProgram {
    instructions = List.copyOf(instructions);
    if (instructions.isEmpty() || instructions.size() > LONGEST) {
      throw new IllegalArgumentException(
          "a filter has from 1 to %d instructions, not %d".formatted(LONGEST, instructions.size()));
    }
  }

  private static ClassicProgram always(int verdict) {
    return new ClassicProgram(List.of(new Instruction(ClassicAssembler.RETURN, 0, 0, verdict)));
  }

  /** The program as an array of {@code struct sock_filter}. */
  public MemorySegment bytes(SegmentAllocator allocator) {
    MemorySegment bytes = allocator.allocate((long) SIZE * instructions.size(), SIZE);
    long at = 0;
    for (Instruction one : instructions) {
      bytes.set(JAVA_SHORT, at, (short) one.code);
      bytes.set(JAVA_BYTE, at + 2, (byte) one.yes);
      bytes.set(JAVA_BYTE, at + 3, (byte) one.no);
      bytes.set(JAVA_INT, at + 4, one.operand);
      at += SIZE;
    }
    return bytes;
  }

  /** One line an instruction, with its number and the numbers it jumps to. */
  public String listing() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < instructions.size(); i++) {
      text.append(line(i, instructions.get(i))).append('\n');
    }
    return text.toString();
  }

  private static String line(int at, Instruction one) {
    int kind = one.code & 0x07;
    return switch (kind) {
      case 0x00, 0x01 -> text(at, loadName(one.code), source(one));
      case 0x02 -> text(at, "st", "M[" + one.operand + "]");
      case 0x03 -> text(at, "stx", "M[" + one.operand + "]");
      case 0x04 -> text(at, arithmeticName(one.code), value(one));
      case 0x05 -> jump(at, one);
      case 0x06 ->
          text(
              at,
              "ret",
              (one.code & 0x18) == 0x10 ? "a" : "#" + Integer.toUnsignedString(one.operand));
      default -> text(at, one.code == ClassicAssembler.TO_INDEX ? "tax" : "txa", "");
    };
  }

  private static String text(int at, String name, String operand) {
    return String.format(Locale.ROOT, "(%03d) %-6s%s", at, name, operand).stripTrailing();
  }

  private static String jump(int at, Instruction one) {
    int kind = one.code & 0xf0;
    if (kind == 0x00) {
      return text(at, "ja", String.valueOf(at + 1 + one.operand));
    }
    String name =
        switch (kind) {
          case 0x10 -> "jeq";
          case 0x20 -> "jgt";
          case 0x30 -> "jge";
          default -> "jset";
        };
    return "%-23s jt %d jf %d"
        .formatted(text(at, name, value(one)), at + 1 + one.yes, at + 1 + one.no);
  }

  private static String value(Instruction one) {
    return (one.code & 0x08) != 0 ? "x" : "#0x" + Integer.toHexString(one.operand);
  }

  private static String loadName(int code) {
    String name = (code & 0x07) == 0x01 ? "ldx" : "ld";
    return switch (code & 0x18) {
      case 0x08 -> name + "h";
      case 0x10 -> name + "b";
      default -> name;
    };
  }

  private static String source(Instruction one) {
    String operand = String.valueOf(one.operand);
    return switch (one.code & 0xe0) {
      case 0x00 -> "#0x" + Integer.toHexString(one.operand);
      case 0x20 -> ancillary(one.operand);
      case 0x40 -> "[x + " + operand + "]";
      case 0x60 -> "M[" + operand + "]";
      case 0x80 -> "#pktlen";
      default -> "4*([" + operand + "]&0xf)";
    };
  }

  private static String ancillary(int offset) {
    for (ClassicAssembler.Ancillary one : ClassicAssembler.Ancillary.values()) {
      if (one.offset() == offset) {
        return "#" + one.name().toLowerCase(Locale.ROOT);
      }
    }
    return "[" + offset + "]";
  }

  private static String arithmeticName(int code) {
    return switch (code & 0xf0) {
      case 0x00 -> "add";
      case 0x10 -> "sub";
      case 0x20 -> "mul";
      case 0x40 -> "or";
      case 0x50 -> "and";
      case 0x60 -> "lsh";
      default -> "rsh";
    };
  }
}
