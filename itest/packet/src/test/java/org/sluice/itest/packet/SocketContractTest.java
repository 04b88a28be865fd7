// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.packet.api.PortDriver;
import org.sluice.packet.socket.SocketDriver;

/** Plain sockets. */
final class SocketContractTest extends DatagramContract {
  @Override
  PortDriver newDriver() {
    return new SocketDriver();
  }

  @Override
  void stop(PortDriver driver) {
    ((SocketDriver) driver).stop();
  }

  @Override
  String name() {
    return "socket";
  }
}
