// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Against the real kernel, with requests that ask and change nothing. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NetlinkBatchTest {
  private static final int GET_LINK = 18;
  private static final int LOOPBACK = 1;
  private static final int NOBODY = 0x3fff_fff0;

  private static void link(NetlinkBuilder request, int index) {
    request.u8(0).u8(0).u16(0).u32(index).u32(0).u32(0);
  }

  @Test
  void everyRequestHasItsOwnAnswerAndOneThatFailsHindersNobody() throws Exception {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, NetlinkBatch.ROOM)) {
      NetlinkBatch batch = new NetlinkBatch(socket);
      int count = 600;
      for (int i = 0; i < count; i++) {
        int index = i % 50 == 3 ? LOOPBACK : NOBODY;
        batch.add(GET_LINK, 0, request -> link(request, index));
      }
      List<NetlinkAck> answers = batch.send();
      assertEquals(count, answers.size());
      for (int i = 0; i < count; i++) {
        int expected = i % 50 == 3 ? 0 : Errno.ENODEV.number();
        assertEquals(expected, answers.get(i).errno(), "request " + i);
      }
      assertTrue(batch.calls() < 10, () -> batch.calls() + " calls");
      assertEquals(List.of(), batch.send(), "what was sent is not sent again");
      batch.add(GET_LINK, 0, request -> link(request, NOBODY));
      assertEquals(Errno.ENODEV.number(), batch.send().getFirst().errno());
    }
  }
}
