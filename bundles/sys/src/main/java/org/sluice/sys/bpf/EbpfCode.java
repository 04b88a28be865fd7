// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A program of eBPF, as the kernel takes it, and as people read it. */
public final class EbpfCode {
  private static final int LOAD_LONG = 0x18;
  private static final List<String> REGISTERS =
      IntStream.rangeClosed(0, 15).mapToObj(i -> "r" + i).toList();

  private final long[] instructions;

  EbpfCode(long[] instructions) {
    this.instructions = instructions.clone();
  }

  /** Eight bytes each. */
  long[] instructions() {
    return instructions.clone();
  }

  /** How many instructions there are; a load of 64 bits counts as two. */
  public int length() {
    return instructions.length;
  }

  /** One line an instruction, with its number, as the verifier counts them. */
  public String listing() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < instructions.length; i++) {
      long instruction = instructions[i];
      boolean wide = (instruction & 0xff) == LOAD_LONG && i + 1 < instructions.length;
      text.append("%4d  %s%n".formatted(i, line(i, instruction, wide ? instructions[i + 1] : 0)));
      if (wide) {
        i++;
      }
    }
    return text.toString();
  }

  private static String line(int at, long instruction, long next) {
    int operation = (int) (instruction & 0xff);
    String to = REGISTERS.get((int) (instruction >>> 8 & 15));
    String from = REGISTERS.get((int) (instruction >>> 12 & 15));
    int offset = (short) (instruction >>> 16);
    int value = (int) (instruction >>> 32);
    return switch (operation & 7) {
      case 0 -> wide(operation, to, from, value, next);
      case 1 -> "%s = *(%s)(%s %+d)".formatted(to, width(operation), from, offset);
      case 2 -> "*(%s)(%s %+d) = %d".formatted(width(operation), to, offset, value);
      case 3 -> "*(%s)(%s %+d) = %s".formatted(width(operation), to, offset, from);
      case 4 -> operation == 0xdc ? "%s = be%d %s".formatted(to, value, to) : unknown(instruction);
      case 5 -> flow(operation, to, from, at + 1 + offset, value, instruction);
      case 7 -> arithmetic(operation, to, from, value, instruction);
      default -> unknown(instruction);
    };
  }

  private static String wide(int operation, String to, String from, int value, long next) {
    if (operation != LOAD_LONG) {
      return "part of the instruction before";
    }
    return from.equals("r1")
        ? to + " = map " + value
        : "%s = 0x%x ll"
            .formatted(to, Integer.toUnsignedLong(value) | (next & 0xffff_ffff_0000_0000L));
  }

  private static String width(int operation) {
    return switch (operation & 0x18) {
      case 0x10 -> "u8";
      case 0x08 -> "u16";
      case 0x00 -> "u32";
      default -> "u64";
    };
  }

  private static String flow(
      int operation, String to, String from, int target, int value, long instruction) {
    if (operation == 0x95) {
      return "exit";
    }
    if (operation == 0x85) {
      return from.equals("r2") ? "call kernel type " + value : "call " + function(value);
    }
    if (operation == 0x05) {
      return "goto " + target;
    }
    String sign =
        switch (operation & 0xf0) {
          case 0x10 -> "==";
          case 0x20 -> ">";
          case 0x30 -> ">=";
          case 0x40 -> "&";
          case 0x50 -> "!=";
          case 0xa0 -> "<";
          case 0xb0 -> "<=";
          default -> "";
        };
    String right = (operation & 8) != 0 ? from : "0x%x".formatted(value);
    return sign.isEmpty()
        ? unknown(instruction)
        : "if %s %s %s goto %d".formatted(to, sign, right, target);
  }

  private static String function(int number) {
    return Arrays.stream(EbpfAssembler.Function.values())
        .filter(known -> known.number() == number)
        .map(known -> known.name().toLowerCase(java.util.Locale.ROOT))
        .findFirst()
        .orElse(Integer.toString(number));
  }

  private static String arithmetic(
      int operation, String to, String from, int value, long instruction) {
    String sign =
        switch (operation & 0xf0) {
          case 0x00 -> "+=";
          case 0x10 -> "-=";
          case 0x40 -> "|=";
          case 0x50 -> "&=";
          case 0x60 -> "<<=";
          case 0x70 -> ">>=";
          case 0xb0 -> "=";
          default -> "";
        };
    return sign.isEmpty()
        ? unknown(instruction)
        : "%s %s %s".formatted(to, sign, (operation & 8) != 0 ? from : Integer.toString(value));
  }

  private static String unknown(long instruction) {
    return "0x%016x".formatted(instruction);
  }
}
