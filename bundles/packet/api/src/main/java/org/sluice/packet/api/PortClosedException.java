// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/** A port was used after it was closed, by its holder or since the bundle of its driver stopped. */
public class PortClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param port what it was: {@code xdp port on eth0}
   */
  public PortClosedException(String port) {
    super(port + " is closed");
  }
}
