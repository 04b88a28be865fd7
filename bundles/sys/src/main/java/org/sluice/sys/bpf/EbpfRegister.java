// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

/** A register of eBPF. A call overwrites R0 to R5; R10 is the end of the stack, and only read. */
public enum EbpfRegister {
  R0(0),
  R1(1),
  R2(2),
  R3(3),
  R4(4),
  R5(5),
  R6(6),
  R7(7),
  R8(8),
  R9(9),
  R10(10);

  private final int number;

  EbpfRegister(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
