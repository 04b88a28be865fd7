// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.sys.bpf.ClassicProgram.Instruction;

/**
 * Puts a program of classic BPF together, one call an instruction. The machine has an accumulator,
 * an index register and 16 words of scratch memory, and jumps only forward.
 *
 * <p>A load from behind the end of the packet ends the program, and the packet is dropped. A
 * conditional jump reaches 255 instructions far; where that is not enough {@link #program} puts an
 * unconditional one beside it, which reaches everywhere.
 */
public final class ClassicAssembler {
  static final int RETURN = 0x06;
  static final int TO_INDEX = 0x07;

  private static final int ABSOLUTE = 0x20;
  private static final int INDEXED = 0x40;
  private static final int SCRATCH = 0x60;
  private static final int LENGTH = 0x80;
  private static final int LOAD = 0x00;
  private static final int LOAD_INDEX = 0x01;
  private static final int STORE = 0x02;
  private static final int STORE_INDEX = 0x03;
  private static final int ADD = 0x04;
  private static final int SUBTRACT = 0x14;
  private static final int AND = 0x54;
  private static final int SHIFT_LEFT = 0x64;
  private static final int SHIFT_RIGHT = 0x74;
  private static final int JUMP = 0x05;
  private static final int EQUAL = 0x15;
  private static final int GREATER = 0x25;
  private static final int AT_LEAST = 0x35;
  private static final int ANY_BIT = 0x45;
  private static final int BY_INDEX = 0x08;
  private static final int FROM_INDEX = 0x87;
  private static final int WORDS = 16;
  private static final int FAR = 255;

  private final List<Step> steps = new ArrayList<>();

  /** How much is loaded from the packet, in the byte order of networks. */
  public enum Width {
    WORD(0x00),
    HALF(0x08),
    BYTE(0x10);

    private final int code;

    Width(int code) {
      this.code = code;
    }
  }

  /** What the kernel knows of a packet beside its bytes. */
  public enum Ancillary {
    /** What the packet is: for this host 0, for all 1, for a group 2, for another host 3. */
    PACKET_TYPE(4),
    /** One more than the queue by which it came; 0 when the interface did not tell. */
    QUEUE(24),
    /** The tag that was taken out of the frame, without its EtherType. */
    VLAN_TAG(44),
    /** 1 when a tag was taken out of the frame, otherwise 0. */
    VLAN_PRESENT(48),
    /** The EtherType of the tag that was taken out. */
    VLAN_TYPE(60);

    private final int place;

    Ancillary(int place) {
      this.place = place;
    }

    int offset() {
      return place - 0x1000;
    }
  }

  /** A place in the program, to jump to. */
  public static final class Label {
    private int step = -1;

    private Label() {}
  }

  private record Step(int code, int operand, @Nullable Label yes, @Nullable Label no) {}

  /** A place that is not known yet. */
  public Label label() {
    return new Label();
  }

  /** The label is here. */
  public ClassicAssembler place(Label label) {
    if (label.step >= 0) {
      throw new IllegalStateException("the label is already at step " + label.step);
    }
    label.step = steps.size();
    return this;
  }

  /** Loads from the packet, counted from its first byte. */
  public ClassicAssembler load(Width width, int offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("the packet begins at 0, not " + offset);
    }
    return step(LOAD | ABSOLUTE | width.code, offset);
  }

  /** Loads from the packet, counted from the byte that the index tells. */
  public ClassicAssembler loadIndexed(Width width, int offset) {
    return step(LOAD | INDEXED | width.code, offset);
  }

  public ClassicAssembler load(Ancillary what) {
    return step(LOAD | ABSOLUTE, what.offset());
  }

  /** Loads how many bytes the packet has. */
  public ClassicAssembler loadLength() {
    return step(LOAD | LENGTH, 0);
  }

  public ClassicAssembler loadNumber(int number) {
    return step(LOAD, number);
  }

  public ClassicAssembler loadScratch(int place) {
    return step(LOAD | SCRATCH, scratch(place));
  }

  public ClassicAssembler indexNumber(int number) {
    return step(LOAD_INDEX, number);
  }

  public ClassicAssembler indexScratch(int place) {
    return step(LOAD_INDEX | SCRATCH, scratch(place));
  }

  /** The accumulator becomes the index. */
  public ClassicAssembler toIndex() {
    return step(TO_INDEX, 0);
  }

  /** The index becomes the accumulator. */
  public ClassicAssembler fromIndex() {
    return step(FROM_INDEX, 0);
  }

  public ClassicAssembler store(int place) {
    return step(STORE, scratch(place));
  }

  public ClassicAssembler storeIndex(int place) {
    return step(STORE_INDEX, scratch(place));
  }

  public ClassicAssembler add(int number) {
    return step(ADD, number);
  }

  public ClassicAssembler addIndex() {
    return step(ADD | BY_INDEX, 0);
  }

  public ClassicAssembler subtractIndex() {
    return step(SUBTRACT | BY_INDEX, 0);
  }

  public ClassicAssembler and(int number) {
    return step(AND, number);
  }

  public ClassicAssembler shiftLeft(int bits) {
    return step(SHIFT_LEFT, bits(bits));
  }

  public ClassicAssembler shiftRight(int bits) {
    return step(SHIFT_RIGHT, bits(bits));
  }

  public ClassicAssembler jump(Label to) {
    return jump(JUMP, 0, to, to);
  }

  public ClassicAssembler ifEqual(int number, Label yes, Label no) {
    return jump(EQUAL, number, yes, no);
  }

  /** Compares as unsigned. */
  public ClassicAssembler ifGreater(int number, Label yes, Label no) {
    return jump(GREATER, number, yes, no);
  }

  /** Compares as unsigned. */
  public ClassicAssembler ifAtLeast(int number, Label yes, Label no) {
    return jump(AT_LEAST, number, yes, no);
  }

  /** Compares with the index, as unsigned. */
  public ClassicAssembler ifAtLeastIndex(Label yes, Label no) {
    return jump(AT_LEAST | BY_INDEX, 0, yes, no);
  }

  /** Whether one of these bits is set. */
  public ClassicAssembler ifAnyBit(int bits, Label yes, Label no) {
    return jump(ANY_BIT, bits, yes, no);
  }

  /** Ends the program: this many bytes of the packet are let through, -1 for all, 0 for none. */
  public ClassicAssembler give(int bytes) {
    return step(RETURN, bytes);
  }

  /**
   * The program.
   *
   * @throws IllegalArgumentException when it is longer than {@link ClassicProgram#LONGEST}
   * @throws IllegalStateException when a jump leads nowhere or backward, or the end is open
   */
  public ClassicProgram program() {
    if (steps.isEmpty() || (last().code & 0x07) != RETURN) {
      throw new IllegalStateException("a program ends with what it gives");
    }
    int count = steps.size();
    for (int i = 0; i < count; i++) {
      check(i, steps.get(i).yes);
      check(i, steps.get(i).no);
    }
    boolean[] farYes = new boolean[count];
    boolean[] farNo = new boolean[count];
    int[] places = new int[count];
    // A helping jump moves what is behind it, which can make another one too far.
    do {
      int at = 0;
      for (int i = 0; i < count; i++) {
        places[i] = at;
        at += 1 + (farYes[i] ? 1 : 0) + (farNo[i] ? 1 : 0);
      }
    } while (stretch(places, farYes, farNo));
    return new ClassicProgram(instructions(places, farYes, farNo));
  }

  private boolean stretch(int[] places, boolean[] farYes, boolean[] farNo) {
    boolean changed = false;
    for (int i = 0; i < places.length; i++) {
      Step step = steps.get(i);
      if (step.yes == null || step.no == null || step.code == JUMP) {
        continue;
      }
      if (!farYes[i] && distance(places, i, step.yes) > FAR) {
        farYes[i] = true;
        changed = true;
      }
      if (!farNo[i] && distance(places, i, step.no) > FAR) {
        farNo[i] = true;
        changed = true;
      }
    }
    return changed;
  }

  private static int distance(int[] places, int from, Label to) {
    return places[to.step] - places[from] - 1;
  }

  private List<Instruction> instructions(int[] places, boolean[] farYes, boolean[] farNo) {
    List<Instruction> all = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      Step step = steps.get(i);
      if (step.yes == null || step.no == null) {
        all.add(new Instruction(step.code, 0, 0, step.operand));
      } else if (step.code == JUMP) {
        all.add(new Instruction(JUMP, 0, 0, distance(places, i, step.yes)));
      } else {
        int yes = distance(places, i, step.yes);
        int no = distance(places, i, step.no);
        int helpers = 0;
        int yesAway = farYes[i] ? helpers++ : yes;
        int noAway = farNo[i] ? helpers++ : no;
        all.add(new Instruction(step.code, yesAway, noAway, step.operand));
        if (farYes[i]) {
          all.add(new Instruction(JUMP, 0, 0, yes - 1));
        }
        if (farNo[i]) {
          all.add(new Instruction(JUMP, 0, 0, no - helpers));
        }
      }
    }
    return all;
  }

  private void check(int step, @Nullable Label to) {
    if (to == null) {
      return;
    }
    if (to.step < 0) {
      throw new IllegalStateException("step " + step + " jumps to a label that was never placed");
    }
    if (to.step <= step) {
      throw new IllegalStateException(
          "step %d jumps backward to %d; classic BPF only jumps forward".formatted(step, to.step));
    }
    if (to.step >= steps.size()) {
      throw new IllegalStateException("step " + step + " jumps behind the end");
    }
  }

  private Step last() {
    return steps.get(steps.size() - 1);
  }

  private ClassicAssembler step(int code, int operand) {
    steps.add(new Step(code, operand, null, null));
    return this;
  }

  private ClassicAssembler jump(int code, int operand, Label yes, Label no) {
    steps.add(new Step(code, operand, yes, no));
    return this;
  }

  private static int scratch(int place) {
    if (place < 0 || place >= WORDS) {
      throw new IllegalArgumentException("the scratch memory has words 0 to 15, not " + place);
    }
    return place;
  }

  private static int bits(int bits) {
    if (bits < 0 || bits > 31) {
      throw new IllegalArgumentException("a word is shifted by 0 to 31 bits, not " + bits);
    }
    return bits;
  }
}
