// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.xdp.XdpDriver;

/** Virtual interfaces with AF_XDP at both ends. */
final class XdpEnds extends VethEnds {
  private final String attach;

  XdpEnds(String attach, int queues) throws Exception {
    super(queues);
    this.attach = attach;
  }

  @Override
  public PortDriver driver() {
    return new XdpDriver();
  }

  @Override
  public void deactivate(PortDriver driver) {
    ((XdpDriver) driver).close();
  }

  @Override
  public FrameSpec spec(char end) {
    return super.spec(end).option("xdp.attach", attach);
  }
}
