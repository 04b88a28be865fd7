// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.packet.afpacket.PacketSocketDriver;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortDriver;

/** Virtual interfaces with packet sockets at both ends. */
final class PacketSocketEnds extends VethEnds {
  private final String receive;

  /**
   * @param receive {@code calls} or {@code blocks}
   */
  PacketSocketEnds(String receive) throws Exception {
    super(1);
    this.receive = receive;
  }

  @Override
  public PortDriver driver() {
    return new PacketSocketDriver();
  }

  @Override
  public void deactivate(PortDriver driver) {
    ((PacketSocketDriver) driver).stop();
  }

  /** In the receive buffer of the socket. */
  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public FrameSpec spec(char end) {
    return super.spec(end).option("afpacket.receive", receive);
  }
}
