// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.link.hooks.Samples.occasion;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.Link;

@Timeout(30)
class DispatcherTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong();

  private Dispatcher dispatcher(int perMinute) {
    return new Dispatcher(perMinute, 8, clock::get);
  }

  /** Everything that may be taken now, each turn ended before the next. */
  private static List<String> all(Dispatcher from) throws Exception {
    List<String> taken = new ArrayList<>();
    while (from.figures().queued() > 0) {
      Dispatcher.Turn turn = turn(from);
      taken.add(words(turn.occasion()));
      from.done(turn);
    }
    return taken;
  }

  private static Dispatcher.Turn turn(Dispatcher from) throws InterruptedException {
    return Objects.requireNonNull(from.take());
  }

  private static String words(Occasion occasion) {
    return occasion.number()
        + " "
        + occasion.event()
        + " "
        + occasion.link().name()
        + (occasion.suppressed() == 0 ? "" : " after " + occasion.suppressed());
  }

  @Test
  void keepsTheOrderOfALinkAndServesLinksSideBySide() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    dispatcher.offer(occasion(1, Kind.LINK_ADDED, 1, ""));
    dispatcher.offer(occasion(2, Kind.LINK_UP, 1, ""));
    dispatcher.offer(occasion(3, Kind.LINK_UP, 2, ""));
    Dispatcher.Turn first = turn(dispatcher);
    Dispatcher.Turn second = turn(dispatcher);
    assertEquals("1 link-added eth1", words(first.occasion()));
    assertEquals("3 link-up eth2", words(second.occasion()), "link 1 is busy");
    AtomicReference<String> third = new AtomicReference<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                Dispatcher.Turn turn = dispatcher.take();
                third.set(turn == null ? "closed" : words(turn.occasion()));
              } catch (InterruptedException e) {
                third.set("interrupted");
              }
            },
            "link.hooks/test");
    waiter.start();
    dispatcher.done(second);
    dispatcher.done(first);
    waiter.join();
    assertEquals("2 link-up eth1", third.get());
  }

  @Test
  void servesNoMoreLinksAtOnceThanItMay() throws Exception {
    Dispatcher dispatcher = new Dispatcher(0, 1, clock::get);
    dispatcher.offer(occasion(1, Kind.LINK_UP, 1, ""));
    dispatcher.offer(occasion(2, Kind.LINK_UP, 2, ""));
    Dispatcher.Turn first = turn(dispatcher);
    AtomicReference<Dispatcher.Turn> second = new AtomicReference<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                second.set(turn(dispatcher));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "link.hooks/test");
    waiter.start();
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertNull(second.get());
    dispatcher.done(first);
    waiter.join();
    assertEquals(2, second.get().occasion().number());
  }

  @Test
  void whatIsNoLongerTrueIsDropped() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    dispatcher.offer(occasion(1, Kind.CARRIER, 1, ""));
    dispatcher.offer(occasion(2, Kind.ADDRESS_ADDED, 1, "10.0.0.1/24"));
    dispatcher.offer(occasion(3, Kind.ADDRESS_ADDED, 1, "10.0.0.2/24"));
    dispatcher.offer(occasion(4, Kind.CARRIER, 2, ""));
    dispatcher.offer(occasion(5, Kind.NO_CARRIER, 1, ""));
    dispatcher.offer(occasion(6, Kind.ADDRESS_REMOVED, 1, "10.0.0.1/24"));
    List<String> taken = all(dispatcher);
    assertTrue(
        taken.containsAll(
            List.of(
                "3 address-added eth1",
                "4 carrier eth2",
                "5 no-carrier eth1",
                "6 address-removed eth1")),
        taken::toString);
    assertEquals(4, taken.size(), taken::toString);
    assertEquals(2, dispatcher.figures().superseded());
  }

  @Test
  void ofManyFlapsWhileTheLinkIsBusyTheLastIsTold() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    dispatcher.offer(occasion(1, Kind.CARRIER, 1, ""));
    Dispatcher.Turn busy = turn(dispatcher);
    for (int i = 2; i <= 101; i++) {
      dispatcher.offer(occasion(i, i % 2 == 0 ? Kind.NO_CARRIER : Kind.CARRIER, 1, ""));
    }
    dispatcher.done(busy);
    assertEquals(List.of("101 carrier eth1"), all(dispatcher));
  }

  @Test
  void aStateThatIsLeftIsNotTold() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    Occasions occasions = new Occasions(_ -> List.of());
    Link dark = Samples.link(1, "eth1", true, false);
    Link lit = Samples.link(1, "eth1", true, true);
    List<Happening> story =
        List.of(
            Samples.happening(1, Kind.LINK_ADDED, dark, ""),
            Samples.happening(2, Kind.CARRIER, lit, ""),
            Samples.happening(3, Kind.ADDRESS_ADDED, lit, "fe80::1/64"),
            Samples.happening(4, Kind.ADDRESS_ADDED, lit, "10.0.0.1/24"),
            Samples.happening(5, Kind.NO_CARRIER, dark, ""));
    for (Happening happening : story) {
      occasions.of(happening).forEach(dispatcher::offer);
    }
    assertEquals(
        List.of(
            "1 link-added eth1",
            "3 address-added eth1",
            "4 address-added eth1",
            "5 no-carrier eth1"),
        all(dispatcher),
        "it was degraded and routable, and is no more");
  }

  @Test
  void aRemovedLinkHasNothingMoreToTell() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    dispatcher.offer(occasion(1, Kind.LINK_ADDED, 1, ""));
    dispatcher.offer(occasion(2, Kind.READY_IPV4, 1, ""));
    dispatcher.offer(occasion(3, Kind.LINK_REMOVED, 1, ""));
    assertEquals(List.of("3 link-removed eth1"), all(dispatcher));
  }

  @Test
  void whatComesTooOftenIsHeldBackAndTheLastIsTold() throws Exception {
    Dispatcher dispatcher = dispatcher(10);
    List<String> taken = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      dispatcher.offer(occasion(i, Kind.ADDRESS_ADDED, 1, "10.0.0." + i + "/24"));
      taken.addAll(all(dispatcher));
    }
    assertEquals(10, taken.size(), taken::toString);
    assertEquals(1, dispatcher.figures().held());
    assertEquals(89, dispatcher.figures().suppressed());
    // Another event and another link have limits of their own.
    dispatcher.offer(occasion(101, Kind.LINK_UP, 1, ""));
    dispatcher.offer(occasion(102, Kind.ADDRESS_ADDED, 2, "10.0.1.1/24"));
    assertEquals(2, all(dispatcher).size());
    clock.addAndGet(6 * SECOND);
    Dispatcher.Turn last = turn(dispatcher);
    assertEquals("100 address-added eth1 after 89", words(last.occasion()));
    dispatcher.done(last);
    assertEquals(0, dispatcher.figures().held());
  }

  @Test
  void whatIsHeldBackIsDroppedWhenItIsNoLongerTrue() throws Exception {
    Dispatcher dispatcher = dispatcher(1);
    dispatcher.offer(occasion(1, Kind.CARRIER, 1, ""));
    assertEquals(List.of("1 carrier eth1"), all(dispatcher));
    dispatcher.offer(occasion(2, Kind.NO_CARRIER, 1, ""));
    assertEquals(List.of("2 no-carrier eth1"), all(dispatcher));
    dispatcher.offer(occasion(3, Kind.CARRIER, 1, ""));
    assertEquals(1, dispatcher.figures().held());
    dispatcher.offer(occasion(4, Kind.NO_CARRIER, 1, ""));
    assertEquals(1, dispatcher.figures().held(), "no-carrier is held, carrier is not any more");
    clock.addAndGet(60 * SECOND);
    Dispatcher.Turn last = turn(dispatcher);
    assertEquals("4 no-carrier eth1", words(last.occasion()));
    dispatcher.done(last);
    assertEquals(List.of(), all(dispatcher));
  }

  @Test
  void whatWasDroppedUnusedCountsForNothing() throws Exception {
    Dispatcher dispatcher = dispatcher(2);
    dispatcher.offer(occasion(1, Kind.LINK_ADDED, 1, ""));
    Dispatcher.Turn busy = turn(dispatcher);
    for (int i = 2; i < 20; i++) {
      dispatcher.offer(occasion(i, i % 2 == 0 ? Kind.CARRIER : Kind.NO_CARRIER, 1, ""));
    }
    dispatcher.done(busy);
    assertEquals(List.of("19 no-carrier eth1"), all(dispatcher));
    assertEquals(0, dispatcher.figures().held());
  }

  @Test
  void aHookWithALimitOfItsOwnIsToldLater() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    assertTrue(dispatcher.admit(occasion(1, Kind.CARRIER, 1, "").only("hook"), 1));
    assertFalse(dispatcher.admit(occasion(2, Kind.CARRIER, 1, "").only("hook"), 1));
    assertFalse(dispatcher.admit(occasion(3, Kind.CARRIER, 1, "").only("hook"), 1));
    assertTrue(dispatcher.admit(occasion(3, Kind.CARRIER, 1, "").only("other"), 1));
    clock.addAndGet(60 * SECOND);
    Dispatcher.Turn last = turn(dispatcher);
    assertEquals("3 carrier eth1 after 1", words(last.occasion()));
    assertEquals("hook", last.occasion().only());
  }

  @Test
  void nothingIsTakenFromAClosedOne() throws Exception {
    Dispatcher dispatcher = dispatcher(0);
    dispatcher.offer(occasion(1, Kind.CARRIER, 1, ""));
    dispatcher.close();
    assertNull(dispatcher.take());
  }
}
