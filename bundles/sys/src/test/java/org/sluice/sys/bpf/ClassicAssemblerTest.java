// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sluice.sys.bpf.ClassicAssembler.Ancillary;
import org.sluice.sys.bpf.ClassicAssembler.Label;
import org.sluice.sys.bpf.ClassicAssembler.Width;
import org.sluice.sys.bpf.ClassicProgram.Instruction;

class ClassicAssemblerTest {
  @Test
  void listsWhatItPutTogether() {
    ClassicAssembler code = new ClassicAssembler();
    Label tagged = code.label();
    Label plain = code.label();
    Label take = code.label();
    Label leave = code.label();
    code.load(Ancillary.VLAN_PRESENT).ifEqual(1, tagged, plain);
    code.place(tagged).indexNumber(4).jump(leave);
    code.place(plain).load(Width.HALF, 12).ifGreater(0x5ff, take, leave);
    code.place(leave).give(0);
    code.place(take).store(3).loadScratch(3).and(0xf).shiftLeft(2).toIndex();
    code.loadIndexed(Width.BYTE, 14).addIndex().subtractIndex().loadLength().fromIndex();
    code.give(-1);
    assertEquals(
        """
        (000) ld    #vlan_present
        (001) jeq   #0x1        jt 2 jf 4
        (002) ldx   #0x4
        (003) ja    6
        (004) ldh   [12]
        (005) jgt   #0x5ff      jt 7 jf 6
        (006) ret   #0
        (007) st    M[3]
        (008) ld    M[3]
        (009) and   #0xf
        (010) lsh   #0x2
        (011) tax
        (012) ldb   [x + 14]
        (013) add   x
        (014) sub   x
        (015) ld    #pktlen
        (016) txa
        (017) ret   #4294967295
        """,
        code.program().listing());
  }

  @Test
  void laysInstructionsOutAsTheKernelReadsThem() {
    ClassicAssembler code = new ClassicAssembler();
    Label yes = code.label();
    Label no = code.label();
    code.load(Width.HALF, 12).ifEqual(0x0806, yes, no).place(yes).give(-1).place(no).give(0);
    try (Arena arena = Arena.ofConfined()) {
      var bytes = code.program().bytes(arena);
      assertEquals(32, bytes.byteSize());
      assertEquals(0x28, bytes.get(ValueLayout.JAVA_SHORT, 0));
      assertEquals(0x15, bytes.get(ValueLayout.JAVA_SHORT, 8));
      assertEquals(0, bytes.get(ValueLayout.JAVA_BYTE, 10));
      assertEquals(1, bytes.get(ValueLayout.JAVA_BYTE, 11));
      assertEquals(0x0806, bytes.get(ValueLayout.JAVA_INT, 12));
    }
  }

  @Test
  void jumpsFartherThanAJumpReaches() {
    Random random = new Random(17);
    for (int round = 0; round < 300; round++) {
      ClassicAssembler code = new ClassicAssembler();
      int tests = 2 + random.nextInt(1000);
      Label[] ends = {code.label(), code.label(), code.label()};
      int[] verdicts = new int[tests];
      boolean[] inverted = new boolean[tests];
      for (int i = 0; i < tests; i++) {
        verdicts[i] = random.nextInt(3);
        inverted[i] = random.nextBoolean();
        Label next = code.label();
        Label hit = ends[verdicts[i]];
        if (inverted[i]) {
          code.ifAtLeast(i + 1, next, hit);
        } else {
          code.ifEqual(i, hit, next);
        }
        code.place(next);
      }
      code.give(99);
      for (int i = 0; i < 3; i++) {
        code.place(ends[i]).give(i);
      }
      List<Instruction> program = code.program().instructions();
      for (int tried = 0; tried < 50; tried++) {
        int value = random.nextInt(tests + 10);
        assertEquals(expected(value, verdicts, inverted), run(program, value));
      }
    }
  }

  private static int expected(int value, int[] verdicts, boolean[] inverted) {
    for (int i = 0; i < verdicts.length; i++) {
      if (inverted[i] ? value < i + 1 : value == i) {
        return verdicts[i];
      }
    }
    return 99;
  }

  /** Jumps and verdicts alone, with the accumulator as it was given. */
  private static int run(List<Instruction> program, int accumulator) {
    int at = 0;
    while (true) {
      Instruction one = program.get(at++);
      assertTrue(one.yes() >= 0 && one.yes() <= 255 && one.no() >= 0 && one.no() <= 255);
      switch (one.code()) {
        case 0x05 -> at += one.operand();
        case 0x15 -> at += accumulator == one.operand() ? one.yes() : one.no();
        case 0x35 -> at += accumulator >= one.operand() ? one.yes() : one.no();
        default -> {
          return one.operand();
        }
      }
    }
  }

  @Test
  void refusesWhatTheKernelWould() {
    assertThrows(IllegalStateException.class, () -> new ClassicAssembler().program());
    assertThrows(
        IllegalStateException.class, () -> new ClassicAssembler().load(Width.BYTE, 0).program());
    ClassicAssembler lost = new ClassicAssembler();
    lost.jump(lost.label()).give(0);
    assertThrows(IllegalStateException.class, lost::program);
    ClassicAssembler back = new ClassicAssembler();
    Label here = back.label();
    back.place(here).load(Width.BYTE, 0).jump(here).give(0);
    assertTrue(
        String.valueOf(assertThrows(IllegalStateException.class, back::program).getMessage())
            .contains("backward"));
    ClassicAssembler open = new ClassicAssembler();
    Label end = open.label();
    open.jump(end).give(0).place(end);
    assertThrows(IllegalStateException.class, open::program);
    ClassicAssembler twice = new ClassicAssembler();
    Label label = twice.label();
    twice.place(label);
    assertThrows(IllegalStateException.class, () -> twice.place(label));
    assertThrows(IllegalArgumentException.class, () -> new ClassicAssembler().store(16));
    ClassicAssembler full = new ClassicAssembler();
    for (int i = 0; i < ClassicProgram.LONGEST - 1; i++) {
      full.add(1);
    }
    assertEquals(ClassicProgram.LONGEST, full.give(0).program().instructions().size());
    full.give(0);
    assertThrows(IllegalArgumentException.class, full::program);
  }
}
