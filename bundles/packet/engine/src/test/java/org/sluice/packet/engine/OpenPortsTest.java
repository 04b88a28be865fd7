// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Ports;

class OpenPortsTest {
  private final LoopDriver good = new LoopDriver("good", 70);
  private final LoopDriver fair = new LoopDriver("fair", 30);

  /** Who gets less than the best can see why. */
  @Test
  void aBetterDriverThatRefusesIsTold() throws Exception {
    OpenPorts ports = new OpenPorts();
    ports.driverThere(good);
    ports.driverThere(fair);
    good.refuses = true;
    try (FramePort port = ports.open(FrameSpec.on("eth0"), Ports.AUTO)) {
      assertEquals("fair", port.driver());
      assertEquals("good: the queue is taken", facts(ports).get("refused"));

      good.refuses = false;
      ports.driverGone(good);
      ports.driverThere(good);
      assertEquals("good", port.driver());
      assertNull(facts(ports).get("refused"));
    }
  }

  private static Map<String, String> facts(OpenPorts ports) {
    return ports.reports().getFirst().facts();
  }
}
