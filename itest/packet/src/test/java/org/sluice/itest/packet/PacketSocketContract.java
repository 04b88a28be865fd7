// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;

/** Where packet sockets do as well what others do, but it shows in another way. */
abstract class PacketSocketContract extends FrameContract {

  /** A packet socket gets copies, so nobody takes a queue from anybody: all of them hear all. */
  @Override
  @Test
  void aQueueThatIsTakenIsRefusedAndGoesOnWorking() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    for (int tries = 0; tries < 3; tries++) {
      FramePort another = open('b');
      pump(a, b, 100, 60);
      FrameBatch batch = new FrameBatch(64);
      for (int next = 0; next < 100; ) {
        receiveSome(another, batch);
        for (int i = 0; i < batch.count(); i++) {
          assertEquals(next++, number(another, batch, i));
        }
        another.release(batch);
      }
      assertEquals(100, another.statistics().received());
      another.close();
    }
    pump(a, b, 100, 60);
  }

  /**
   * Nobody can tell how much waits in the receive buffer of a socket, so frames are sent until as
   * many were there at once.
   */
  @Override
  @Test
  void aBatchIsFilledToTheBrimAndTheRestWaits() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    FrameBatch out = new FrameBatch(64);
    FrameBatch twenty = new FrameBatch(20);
    int[] brims = {0};
    until(
        () -> {
          numbered(a, out, 50, 0, 60);
          send(a, out);
          boolean full = false;
          for (int next = 0; next < 50; ) {
            receiveSome(b, twenty);
            assertTrue(twenty.count() <= 50 - next);
            full |= twenty.isFull();
            for (int i = 0; i < twenty.count(); i++) {
              assertEquals(next++, number(b, twenty, i), "the rest waits, in order");
            }
            b.release(twenty);
          }
          assertEquals(0, b.receive(twenty));
          brims[0] += full ? 1 : 0;
          return brims[0] >= 5;
        },
        "a batch is filled to the brim");
    assertEquals(a.statistics().sent(), b.statistics().received());
    assertEquals(0, b.statistics().receiveDropped());
  }
}
