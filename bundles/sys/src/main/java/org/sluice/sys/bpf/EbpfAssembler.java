// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.util.ArrayList;
import java.util.List;

/**
 * Assembles a program of eBPF, instruction by instruction. Jumps go forward or back to a {@link
 * Label}, which is placed once.
 *
 * <p>What stands behind a jump or an exit and before a label that was jumped to is left out: the
 * kernel refuses programs with instructions that cannot be reached.
 */
public final class EbpfAssembler {
  private static final int LONGEST = 4096;

  private final List<Long> instructions = new ArrayList<>();
  private final List<Jump> jumps = new ArrayList<>();
  private int labels;
  private boolean reachable = true;

  /** A place to jump to. */
  public static final class Label {
    private final int number;
    private int place = -1;

    private Label(int number) {
      this.number = number;
    }

    @Override
    public String toString() {
      return "label " + number;
    }
  }

  private record Jump(int at, Label to) {}

  /** How much is loaded or stored at once. */
  public enum Width {
    BYTE(0x10),
    HALF(0x08),
    WORD(0x00),
    LONG(0x18);

    private final int bits;

    Width(int bits) {
      this.bits = bits;
    }
  }

  /** What is computed; the result is in the first operand. */
  public enum Operation {
    ADD(0x00),
    SUBTRACT(0x10),
    OR(0x40),
    AND(0x50),
    SHIFT_LEFT(0x60),
    SHIFT_RIGHT(0x70),
    MOVE(0xb0);

    private final int bits;

    Operation(int bits) {
      this.bits = bits;
    }
  }

  /** When a jump is taken; comparisons are unsigned. */
  public enum Condition {
    EQUAL(0x10),
    GREATER(0x20),
    NOT_LESS(0x30),
    ANY_BIT(0x40),
    NOT_EQUAL(0x50),
    LESS(0xa0),
    NOT_GREATER(0xb0);

    private final int bits;

    Condition(int bits) {
      this.bits = bits;
    }
  }

  /** Functions of the kernel that a program may call, by their number. */
  public enum Function {
    REDIRECT_MAP(51),
    ADJUST_META(54),
    BUFFER_LENGTH(188),
    LOAD_BYTES(189);

    private final int number;

    Function(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** A label, to be placed later with {@link #place}. */
  public Label label() {
    return new Label(labels++);
  }

  /** Places the label before the next instruction. */
  public EbpfAssembler place(Label label) {
    if (label.place >= 0) {
      throw new IllegalStateException(label + " is placed twice");
    }
    label.place = instructions.size();
    reachable |= jumps.stream().anyMatch(jump -> jump.to == label);
    return this;
  }

  public EbpfAssembler compute(Operation operation, EbpfRegister to, EbpfRegister with) {
    return emit(0x0f | operation.bits, to.number(), with.number(), 0, 0);
  }

  public EbpfAssembler compute(Operation operation, EbpfRegister to, int with) {
    return emit(0x07 | operation.bits, to.number(), 0, 0, with);
  }

  public EbpfAssembler move(EbpfRegister to, EbpfRegister from) {
    return compute(Operation.MOVE, to, from);
  }

  public EbpfAssembler move(EbpfRegister to, int value) {
    return compute(Operation.MOVE, to, value);
  }

  /** Sets all 64 bits. */
  public EbpfAssembler moveLong(EbpfRegister to, long value) {
    emit(0x18, to.number(), 0, 0, (int) value);
    return emit(0, 0, 0, 0, (int) (value >>> 32));
  }

  /** Reads memory, as the processor orders bytes; upper bits become zero. */
  public EbpfAssembler load(Width width, EbpfRegister to, EbpfRegister base, int offset) {
    return emit(0x61 | width.bits, to.number(), base.number(), offset, 0);
  }

  public EbpfAssembler store(Width width, EbpfRegister base, int offset, EbpfRegister from) {
    return emit(0x63 | width.bits, base.number(), from.number(), offset, 0);
  }

  public EbpfAssembler store(Width width, EbpfRegister base, int offset, int value) {
    return emit(0x62 | width.bits, base.number(), 0, offset, value);
  }

  /** Turns 16, 32 or 64 bits from network order into numbers, and back. */
  public EbpfAssembler swap(EbpfRegister register, int bits) {
    return emit(0xdc, register.number(), 0, 0, bits);
  }

  public EbpfAssembler jump(Label to) {
    return jump(0x05, 0, 0, 0, to).unreachable();
  }

  public EbpfAssembler jump(Condition when, EbpfRegister left, EbpfRegister right, Label to) {
    return jump(0x0d | when.bits, left.number(), right.number(), 0, to);
  }

  public EbpfAssembler jump(Condition when, EbpfRegister left, int right, Label to) {
    return jump(0x05 | when.bits, left.number(), 0, right, to);
  }

  private EbpfAssembler jump(int operation, int left, int right, int value, Label to) {
    if (reachable) {
      jumps.add(new Jump(instructions.size(), to));
    }
    return emit(operation, left, right, 0, value);
  }

  private EbpfAssembler unreachable() {
    reachable = false;
    return this;
  }

  /** Loads the address of a map. It must be open when the program is loaded. */
  public EbpfAssembler map(EbpfRegister to, BpfMap map) {
    emit(0x18, to.number(), 1, 0, map.descriptor());
    return emit(0, 0, 0, 0, 0);
  }

  public EbpfAssembler call(Function function) {
    return emit(0x85, 0, 0, 0, function.number);
  }

  /** Calls a function that {@link KernelTypes} found. */
  public EbpfAssembler callKernel(int function) {
    return emit(0x85, 0, 2, 0, function);
  }

  public EbpfAssembler exit() {
    return emit(0x95, 0, 0, 0, 0).unreachable();
  }

  /** The program with all jumps resolved. */
  public EbpfCode code() {
    long[] code = instructions.stream().mapToLong(Long::longValue).toArray();
    for (Jump jump : jumps) {
      if (jump.to.place < 0) {
        throw new IllegalStateException(jump.to + " was never placed");
      }
      int distance = jump.to.place - jump.at - 1;
      if (distance != (short) distance) {
        throw new IllegalStateException("a jump of " + distance + " instructions is too far");
      }
      code[jump.at] |= (distance & 0xffffL) << 16;
    }
    return new EbpfCode(code);
  }

  private EbpfAssembler emit(int operation, int to, int from, int offset, int value) {
    if (!reachable) {
      return this;
    }
    if (instructions.size() == LONGEST) {
      throw new IllegalStateException("a program has at most " + LONGEST + " instructions");
    }
    if (offset != (short) offset) {
      throw new IllegalArgumentException("an offset of " + offset + " does not fit into 16 bits");
    }
    instructions.add(
        (operation & 0xffL)
            | ((long) to << 8)
            | ((long) from << 12)
            | ((offset & 0xffffL) << 16)
            | ((long) value << 32));
    return this;
  }
}
