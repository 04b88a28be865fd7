// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.sluice.packet.xdp.XdpDriver;

/** A driver of AF_XDP and a wire of its own for each test. */
@SuppressWarnings("NullAway.Init")
abstract class WiredXdp {
  final XdpDriver driver = new XdpDriver();
  Wire wire;

  @BeforeEach
  final void layWire() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    wire = new Wire();
  }

  @AfterEach
  final void takeAway() throws Exception {
    driver.close();
    if (wire != null) {
      wire.close();
    }
  }
}
