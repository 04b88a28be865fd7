// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

/** Where something stands in its text; line and column count from 1, columns in characters. */
public record Place(int line, int column) {
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
