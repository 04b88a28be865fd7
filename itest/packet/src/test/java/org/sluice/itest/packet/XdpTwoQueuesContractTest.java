// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortDriver;

final class XdpTwoQueuesContractTest extends FrameContract {
  @Override
  Ends ends() throws Exception {
    return new XdpEnds("native", 2);
  }

  /** Two ports share one program; whichever goes must not take it from the other. */
  @Test
  void portsOfTwoQueuesComeAndGoAtOnce() throws Exception {
    try (Ends ends = ends()) {
      PortDriver driver = ends.driver();
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int queue = 0; queue < 2; queue++) {
        FrameSpec spec = ends.spec('a').queues(queue).chunks(64).ring(64);
        CompletableFuture<Void> end = new CompletableFuture<>();
        all.add(end);
        thread(
            "coming and going",
            end,
            () -> {
              for (int round = 0; round < 15; round++) {
                ends.at('a', () -> driver.open(spec)).close();
              }
            });
      }
      for (CompletableFuture<Void> end : all) {
        get(end);
      }
      ends.deactivate(driver);
    }
  }
}
