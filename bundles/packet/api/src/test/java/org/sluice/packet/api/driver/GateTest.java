// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.PortClosedException;

final class GateTest {
  private final Gate gate = new Gate("test port", "receiving");

  @Test
  void oneThreadAtATime() {
    gate.enter();
    assertThrows(IllegalStateException.class, gate::enter);
    assertFalse(gate.tryEnter());
    gate.leave();
    assertTrue(gate.tryEnter());
    gate.leave();
    assertTrue(gate.shut(() -> {}));
    assertFalse(gate.shut(() -> {}));
    assertThrows(PortClosedException.class, gate::enter);
  }

  @Test
  void whoLeavesAGateThatIsBeingShutDoesNotComeBack() throws Exception {
    gate.enter();
    CompletableFuture<Void> nudged = new CompletableFuture<>();
    CompletableFuture<Void> tried = new CompletableFuture<>();
    CompletableFuture<Boolean> shut = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("packet/api/closing")
        .start(
            () ->
                shut.complete(
                    gate.shut(
                        () -> {
                          nudged.complete(null);
                          tried.join();
                        })));
    nudged.get(60, TimeUnit.SECONDS);
    try {
      gate.leave();
      assertThrows(PortClosedException.class, gate::enter);
    } finally {
      tried.complete(null);
    }
    assertEquals(true, shut.get(60, TimeUnit.SECONDS));
  }
}
