// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.packet.api.PortDriver;
import org.sluice.packet.uring.UringDriver;

/** io_uring. */
final class UringContractTest extends DatagramContract {
  @Override
  PortDriver newDriver() {
    return new UringDriver();
  }

  @Override
  void stop(PortDriver driver) {
    ((UringDriver) driver).stop();
  }

  @Override
  String name() {
    return "uring";
  }
}
