// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

final class PacketSocketCallsContractTest extends PacketSocketContract {
  @Override
  Ends ends() throws Exception {
    return new PacketSocketEnds("calls");
  }
}
