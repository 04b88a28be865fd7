// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.packet.api.PortDriver;
import org.sluice.packet.xdp.XdpDriver;

/** AF_XDP. */
final class XdpDatagramContractTest extends OverFramesContract {
  private final XdpDriver frames = new XdpDriver();

  @Override
  PortDriver newFrames() {
    return frames;
  }

  @Override
  void stopFrames() {
    frames.close();
  }

  @Override
  String name() {
    return "xdp";
  }
}
