// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/** Which sides of a port are used. */
public enum Direction {
  BOTH,
  /** Nothing is sent. */
  RECEIVE,
  /** Nothing is received; what arrives stays with the kernel. */
  SEND;

  public boolean receives() {
    return this != SEND;
  }

  public boolean sends() {
    return this != RECEIVE;
  }
}
