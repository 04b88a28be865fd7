// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;

final class PacketSocketBlocksContractTest extends PacketSocketContract {
  @Override
  Ends ends() throws Exception {
    return new PacketSocketEnds("blocks");
  }

  /** No chunk lies ready for what will arrive, since that lies in a block first: all are given. */
  @Override
  @Test
  void aPortWithoutChunksGivesNoneAndGoesOnLater() throws Exception {
    FramePort a = open('a', FrameContract::small);
    FramePort b = open('b');
    FrameBatch all = new FrameBatch(64);
    FrameBatch more = new FrameBatch(64);
    assertEquals(64, a.reserve(all, 64));
    assertEquals(0, a.reserve(more, 1));
    assertTrue(more.isEmpty());
    a.release(all);
    pump(a, b, 1000, 60);
  }
}
