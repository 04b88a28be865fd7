// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeliveryTest {
  private final FakeConfigAdmin admin = new FakeConfigAdmin();
  private final Thread cm = new Thread("CM Configuration Updater");

  /** Nothing is delivered before the last of these looks is taken. */
  private Delivery delivery(List<Map<Thread, String>> looks) {
    ArrayDeque<Map<Thread, String>> left = new ArrayDeque<>(looks);
    admin.hold();
    return new Delivery(
        admin.context(),
        admin.service(),
        Duration.ofMillis(1),
        () -> {
          Map<Thread, String> look = left.size() > 1 ? left.remove() : left.element();
          if (left.size() == 1) {
            admin.release();
          }
          return look;
        });
  }

  @Test
  void waitsForAConfigAdminThatIsBusyAsLongAsNobodyIsStuck() throws Exception {
    Delivery delivery = delivery(List.of(Map.of(), Map.of(), Map.of(), Map.of()));
    assertEquals(Optional.empty(), delivery.await(() -> false));
    // And the next one, with nobody who slows it.
    assertEquals(Optional.empty(), delivery.await(() -> false));
  }

  @Test
  void takesNobodyForStuckWhoIsOnlySeenOnce() throws Exception {
    Delivery delivery =
        delivery(
            List.of(
                Map.of(cm, "acme.A.modified"),
                Map.of(cm, "acme.B.modified"),
                Map.of(),
                Map.of(cm, "acme.B.modified"),
                Map.of()));
    assertEquals(Optional.empty(), delivery.await(() -> false));
    assertFalse(cm.isInterrupted());
  }

  @Test
  void namesWhoDoesNotReturn() throws Exception {
    Map<Thread, String> in = Map.of(cm, "acme.A.modified");
    Delivery delivery = delivery(List.of(Map.of(), in, in, in, in, in));
    String why = delivery.await(() -> false).orElseThrow();
    assertTrue(why.contains("acme.A.modified does not return"), why);
  }

  @Test
  void givesUpInTheEnd() throws Exception {
    admin.hold();
    Delivery delivery =
        new Delivery(admin.context(), admin.service(), Duration.ofMillis(1), Map::of);
    String why = delivery.await(() -> false).orElseThrow();
    assertTrue(why.contains("Config Admin is busy"), why);
  }

  @Test
  void doesNotHoldUpTheEndOfTheProcess() throws Exception {
    admin.hold();
    Delivery delivery =
        new Delivery(admin.context(), admin.service(), Duration.ofMillis(1), Map::of);
    assertTrue(delivery.await(() -> true).orElseThrow().contains("within 1 ms"));
  }
}
