// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

/** What memory is made of, from the smallest to the largest. */
public enum PageKind {
  /** Pages of 4 KiB. */
  SMALL("4 KiB"),
  /** Pages of 2 MiB where the kernel finds them. */
  TRANSPARENT("2 MiB when the kernel has them"),
  /** Pages of 2 MiB, out of those that were set aside. */
  HUGE("2 MiB"),
  /** Pages of 1 GiB, out of those that were set aside. */
  GIANT("1 GiB");

  private final String text;

  PageKind(String text) {
    this.text = text;
  }

  /** In words, for people. */
  public String text() {
    return text;
  }
}
