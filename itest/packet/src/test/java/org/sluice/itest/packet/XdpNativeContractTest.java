// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

final class XdpNativeContractTest extends FrameContract {
  @Override
  Ends ends() throws Exception {
    return new XdpEnds("native", 1);
  }
}
