// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.link.table.Samples.address;
import static org.sluice.link.table.Samples.config;
import static org.sluice.link.table.Samples.link;
import static org.sluice.link.table.Samples.route;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState.Condition;
import org.sluice.ops.api.Health;

@Timeout(60)
class LiveTableTest {
  private LiveTable table = LiveTableTest.table(1000, 3600);
  private final FakeSource kernel = new FakeSource("kernel", 100);

  @TempDir Path folder;

  private static LiveTable table(int history, int withdrawAfter) {
    return table(history, withdrawAfter, null);
  }

  private static LiveTable table(int history, int withdrawAfter, @Nullable Path numbers) {
    Clock epoch = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    return new LiveTable(config(history, withdrawAfter), new NumberFile(numbers, epoch));
  }

  @AfterEach
  void close() throws InterruptedException {
    table.deactivate();
  }

  private void use(int history, int withdrawAfter) throws InterruptedException {
    table.deactivate();
    table = table(history, withdrawAfter);
  }

  private List<String> history(long after) {
    return table.history(after, 10_000).stream().map(LinkEvent::name).toList();
  }

  private long number() {
    return table.snapshot().number();
  }

  // --- merging

  @Test
  void whatIsFoundFirstIsInitialAndTheRestIsChange() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"));
    kernel.sink().put(link(1, "lo", 9000));
    assertEquals(
        List.of("source-starting", "link-added", "address-added", "source-live", "link-changed"),
        history(0));
    List<LinkEvent> events = table.history(0, 100);
    assertTrue(events.get(1).initial());
    assertTrue(events.get(2).initial());
    assertEquals(LinkEvent.Cause.CHANGE, events.get(4).stamp().cause());
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), events.stream().map(LinkEvent::number).toList());
  }

  @Test
  void whatSaysNothingNewIsNoEvent() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"), route("0.0.0.0/0", 1));
    long before = number();
    kernel.sink().put(link(1, "lo"));
    kernel.sink().put(address(1, "127.0.0.1/8"));
    kernel.sink().remove(new Link.Key(77));
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"), route("0.0.0.0/0", 1));
    assertEquals(before, number());
  }

  @Test
  void aNewPictureIsToldAsTheDifference() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), link(2, "a"), address(2, "10.0.0.1/24"), route("0.0.0.0/0", 2));
    long before = number();
    kernel.present(link(1, "lo"), link(3, "b"), address(3, "10.0.0.1/24"), route("0.0.0.0/0", 3));
    assertEquals(
        List.of(
            "route-removed",
            "address-removed",
            "link-removed",
            "link-added",
            "address-added",
            "route-added"),
        history(before),
        "what stands on a link goes before it and comes after it");
    assertTrue(
        table.history(before, 10).stream()
            .allMatch(e -> e.stamp().cause() == LinkEvent.Cause.RESYNC));
  }

  @Test
  void aPictureOfOneKindLeavesTheOthers() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"), route("0.0.0.0/0", 1));
    long before = number();
    kernel.sink().present(EnumSet.of(Fact.Kind.ROUTE), List.of());
    assertEquals(List.of("route-removed"), history(before));
    assertEquals(1, table.snapshot().addresses().size());
    assertThrows(
        IllegalArgumentException.class,
        () -> kernel.sink().present(EnumSet.of(Fact.Kind.ROUTE), List.of(link(1, "lo"))));
  }

  @Test
  void anIndexThatIsUsedAgainIsAnotherLink() {
    table.addSource(kernel);
    kernel.present(link(5, "a"), address(5, "10.0.0.1/24"));
    long before = number();
    Link other =
        new Link(
            5,
            "b",
            "bridge",
            "06:00:00:00:00:01",
            "",
            1500,
            Set.of(),
            link(5, "a").state(),
            true,
            0,
            0,
            List.of());
    kernel.present(other, address(5, "10.0.0.1/24"));
    assertEquals(
        List.of("address-removed", "link-removed", "link-added", "address-added"), history(before));
    kernel.present(link(5, "b"));
    before = number();
    kernel.present(link(5, "renamed"));
    assertEquals(List.of("link-changed"), history(before), "a rename alone is the same link");
  }

  @Test
  void aLinkTakesAlongWhatStandsOnIt() {
    table.addSource(kernel);
    kernel.present(
        link(1, "a"),
        link(2, "b"),
        address(1, "10.0.0.1/24"),
        address(2, "10.0.0.1/24"),
        route("10.9.0.0/16", 1),
        route("10.8.0.0/16", 1, 2));
    long before = number();
    kernel.sink().remove(new Link.Key(1));
    assertEquals(List.of("route-removed", "address-removed", "link-removed"), history(before));
    assertEquals(List.of(address(2, "10.0.0.1/24")), table.snapshot().addresses());
    assertEquals(List.of(route("10.8.0.0/16", 1, 2)), table.snapshot().routes());
  }

  @Test
  void theWordOfTheHigherOneCounts() {
    FakeSource manager = new FakeSource("manager", 50);
    table.addSource(manager);
    manager.present(link(1, "a", 1111));
    table.addSource(kernel);
    long before = number();
    kernel.present(link(1, "a", 1500));
    assertEquals(List.of("link-changed", "source-live"), history(before));
    before = number();
    manager.sink().put(link(1, "a", 2222));
    assertEquals(before, number(), "the lower one is not heard");
    kernel.sink().remove(new Link.Key(1));
    assertEquals(List.of("link-changed"), history(before));
    assertEquals(2222, table.snapshot().links().getFirst().mtu());
    manager.sink().remove(new Link.Key(1));
    assertEquals(List.of("link-changed", "link-removed"), history(before));
  }

  // --- sources that come and go

  @Test
  void aSourceThatComesBackCausesNoStorm() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), link(2, "a"), address(2, "10.0.0.1/24"));
    long before = number();
    table.removeSource(kernel);
    assertTrue(kernel.detached());
    assertEquals(2, table.snapshot().links().size(), "its facts stay for a moment");
    assertEquals(Condition.GONE, table.snapshot().sources().getFirst().condition());
    FakeSource again = new FakeSource("kernel", 100);
    table.addSource(again);
    again.present(link(1, "lo"), link(2, "a", 1400), address(2, "10.0.0.1/24"));
    assertEquals(
        List.of("source-gone", "source-starting", "link-changed", "source-live"), history(before));
  }

  @Test
  void aSourceThatStaysAwayIsWithdrawn() throws Exception {
    use(1000, 0);
    table.addSource(kernel);
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"));
    long before = number();
    Recorder recorder = new Recorder();
    try (LinkSubscription _ = table.resume("test", before, recorder)) {
      table.removeSource(kernel);
      recorder.awaitNumber(before + 3);
    }
    assertEquals(List.of("source-gone", "address-removed", "link-removed"), recorder.names());
    assertEquals(LinkEvent.Cause.WITHDRAWN, recorder.events().getLast().stamp().cause());
    assertEquals(List.of(), table.snapshot().links());
    assertEquals(List.of(), table.snapshot().sources());
  }

  @Test
  void aSourceThatWasRemovedFailsLoudly() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    table.removeSource(kernel);
    SinkRevokedException e =
        assertThrows(SinkRevokedException.class, () -> kernel.sink().put(link(2, "late")));
    assertEquals(
        "link source kernel: its sink was revoked: its bundle was stopped", e.getMessage());
    assertThrows(SinkRevokedException.class, () -> kernel.present(link(2, "late")));
    assertThrows(SinkRevokedException.class, () -> kernel.sink().remove(new Link.Key(1)));
    assertThrows(SinkRevokedException.class, () -> kernel.sink().condition(Condition.LIVE, ""));
    assertEquals(List.of(link(1, "lo")), table.snapshot().links());
  }

  @Test
  void aNewerSourceOfTheSameNameTakesOverWhenItIsReady() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), link(2, "a"));
    long before = number();
    FakeSource newer = new FakeSource("kernel", 100);
    table.addSource(newer);
    kernel.sink().put(link(3, "b"));
    assertThrows(IllegalStateException.class, () -> newer.sink().put(link(4, "c")));
    newer.present(link(1, "lo"), link(2, "a"), link(3, "b"));
    assertThrows(SinkRevokedException.class, () -> kernel.sink().put(link(5, "d")));
    table.removeSource(kernel);
    assertEquals(List.of("link-added"), history(before), "nobody notices the change");
    newer.sink().put(link(4, "c"));
    assertEquals(4, table.snapshot().links().size());
  }

  @Test
  void anOldSourceThatGoesBeforeTheNewerOneIsReady() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    FakeSource newer = new FakeSource("kernel", 100);
    table.addSource(newer);
    long before = number();
    table.removeSource(kernel);
    newer.present(link(1, "lo"));
    assertEquals(before, number());
    newer.sink().put(link(2, "a"));
    assertEquals(List.of("link-added"), history(before));
  }

  // --- subscribers

  @Test
  void thePictureFirstAndThenEveryEvent() throws Exception {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    Recorder recorder = new Recorder();
    try (LinkSubscription _ = table.subscribe("test", recorder)) {
      for (int i = 0; i < 500; i++) {
        kernel.sink().put(link(1, "lo", 2000 + i));
      }
      recorder.awaitNumber(number());
    }
    assertEquals(1, recorder.pictures().size());
    assertEquals(number() - recorder.pictures().getFirst().number(), recorder.events().size());
    assertEquals(List.of(), recorder.gaps());
  }

  @Test
  void resumingDeliversWhatWasMissedAndNoPicture() throws Exception {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    long left = number();
    kernel.sink().put(link(2, "a"));
    kernel.sink().put(link(3, "b"));
    Recorder recorder = new Recorder();
    try (LinkSubscription _ = table.resume("test", left, recorder)) {
      recorder.awaitNumber(left + 2);
    }
    assertEquals(List.of(), recorder.pictures());
    assertEquals(List.of("link-added", "link-added"), recorder.names());
    assertEquals(left + 1, recorder.events().getFirst().number());
  }

  @Test
  void resumingFromWhatNobodyRemembersBeginsWithThePicture() throws Exception {
    use(256, 3600);
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    for (int i = 0; i < 300; i++) {
      kernel.sink().put(link(1, "lo", 2000 + i));
    }
    for (long from : new long[] {1, number() + 1, Long.MAX_VALUE, -5}) {
      Recorder recorder = new Recorder();
      try (LinkSubscription _ = table.resume("test", from, recorder)) {
        recorder.awaitNumber(number());
      }
      assertEquals(1, recorder.pictures().size(), "from " + from);
      assertEquals(List.of(), recorder.events(), "from " + from);
    }
  }

  @Test
  void aSlowSubscriberHoldsUpNobodyAndIsGivenThePictureAnew() throws Exception {
    use(256, 3600);
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    Recorder.Slow slow = new Recorder.Slow();
    Recorder quick = new Recorder();
    try (LinkSubscription _ = table.subscribe("slow", slow);
        LinkSubscription _ = table.subscribe("quick", quick)) {
      slow.awaitNumber(number());
      for (int i = 0; i < 5000; i++) {
        kernel.sink().put(link(1, "lo", 2000 + i));
        if (i % 100 == 0) {
          quick.awaitNumber(number());
        }
      }
      quick.awaitNumber(number());
      assertEquals(List.of(), quick.gaps());
      assertEquals(0, quick.missed());
      assertEquals(1, slow.pictures().size(), "it is still at its first");
      slow.release();
      slow.awaitNumber(number());
      assertEquals(2, slow.pictures().size());
      assertEquals(List.of(), slow.gaps());
      assertEquals(5000, slow.missed() + slow.events().size());
      assertEquals(6999, slow.pictures().getLast().links().getFirst().mtu());
      assertEquals(1, table.figures().fallenBehind());
      assertEquals(slow.missed(), table.figures().missed());
    }
  }

  @Test
  void aSubscriberThatThrowsIsToldTheNext() throws Exception {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    Recorder recorder =
        new Recorder() {
          @Override
          public void event(LinkEvent event) {
            super.event(event);
            throw new IllegalStateException("this one is broken");
          }
        };
    try (LinkSubscription _ = table.subscribe("broken", recorder)) {
      recorder.awaitNumber(number());
      kernel.sink().put(link(2, "a"));
      kernel.sink().put(link(3, "b"));
      recorder.awaitNumber(number());
    }
    assertEquals(2, table.figures().listenerFailures());
  }

  @Test
  void afterClosingNothingIsTold() throws Exception {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    Recorder recorder = new Recorder();
    LinkSubscription subscription = table.subscribe("test", recorder);
    recorder.awaitNumber(number());
    subscription.close();
    kernel.sink().put(link(2, "a"));
    Thread.sleep(50);
    assertEquals(List.of(), recorder.events());
    assertEquals(0, table.figures().subscribers());
    subscription.close();
  }

  @Test
  void aSubscriberMayCloseItselfFromWithin() throws Exception {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    CountDownLatch closed = new CountDownLatch(1);
    LinkSubscription[] own = new LinkSubscription[1];
    CountDownLatch ready = new CountDownLatch(1);
    own[0] =
        table.subscribe(
            "test",
            new LinkListener() {
              @Override
              public void picture(LinkSnapshot whole, long missed) {
                try {
                  ready.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                own[0].close();
                closed.countDown();
              }

              @Override
              public void event(LinkEvent event) {}
            });
    ready.countDown();
    assertTrue(closed.await(20, TimeUnit.SECONDS));
    assertEquals(0, table.figures().subscribers());
  }

  @Test
  void noThreadIsLeftWhenTheTableGoes() throws Exception {
    table.addSource(kernel);
    table.subscribe("one", new Recorder());
    table.subscribe("two", new Recorder());
    table.removeSource(kernel);
    table.deactivate();
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(t -> t.isAlive() && t.getName().startsWith("link.table/")));
  }

  @Test
  void aShorterHistoryTakesEffectAtOnceAndLosesNoNumber() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    for (int i = 0; i < 900; i++) {
      kernel.sink().put(link(1, "lo", 2000 + i));
    }
    long last = number();
    table.modified(config(256, 5));
    List<LinkEvent> kept = table.history(0, 10_000);
    assertEquals(256, kept.size());
    assertEquals(last, kept.getLast().number());
    assertEquals(last - 255, kept.getFirst().number());
    table.modified(config(2000, 5));
    kernel.sink().put(link(1, "lo", 1));
    assertEquals(257, table.history(0, 10_000).size());
    assertEquals(3, table.history(0, 3).size());
    assertEquals(last + 1, table.history(0, 3).getLast().number());
  }

  // --- numbers

  @Test
  void numbersGoOnWhereTheyEnded() throws Exception {
    Path file = folder.resolve("var/number");
    LiveTable first = table(1000, 3600, file);
    first.addSource(kernel);
    kernel.present(link(1, "lo"));
    long last = first.snapshot().number();
    first.deactivate();
    LiveTable second = table(1000, 3600, file);
    assertEquals(last, second.snapshot().number());
    FakeSource again = new FakeSource("kernel", 100);
    second.addSource(again);
    again.present(link(2, "other"));
    Recorder recorder = new Recorder();
    try (LinkSubscription _ = second.resume("test", last, recorder)) {
      recorder.awaitNumber(second.snapshot().number());
    }
    assertEquals(1, recorder.pictures().size(), "what happened in between nobody saw");
    assertEquals(List.of(), recorder.events());
    second.deactivate();
  }

  @Test
  void afterACrashNoNumberIsGivenTwice() throws Exception {
    Path file = folder.resolve("number");
    LiveTable crashed = table(256, 3600, file);
    crashed.addSource(kernel);
    for (int i = 0; i < 1000; i++) {
      kernel.present(link(1, "lo", i));
    }
    LiveTable next = table(256, 3600, file);
    assertTrue(next.snapshot().number() >= crashed.snapshot().number());
    next.deactivate();
    crashed.deactivate();
  }

  @Test
  void aBrokenNumberFileIsNotTrusted() throws Exception {
    Path file = Files.writeString(folder.resolve("number"), "seven\n");
    Clock late = Clock.fixed(Instant.ofEpochMilli(5_000_000_000L), ZoneOffset.UTC);
    assertEquals(5_000_000_000L, new NumberFile(file, late).begin());
    assertEquals(5_001_000_000L, new NumberFile(file, late).begin());
  }

  @Test
  void manyWritersManyReadersNoGap() throws Exception {
    use(100_000, 3600);
    FakeSource[] sources = new FakeSource[3];
    for (int s = 0; s < sources.length; s++) {
      sources[s] = new FakeSource("s" + s, s);
      table.addSource(sources[s]);
      sources[s].present();
    }
    Recorder[] readers = new Recorder[4];
    LinkSubscription[] subscriptions = new LinkSubscription[readers.length];
    Thread[] writers = new Thread[sources.length];
    for (int s = 0; s < sources.length; s++) {
      int own = s;
      writers[s] =
          new Thread(
              () -> {
                for (int i = 0; i < 3000; i++) {
                  int index = own * 1000 + i % 50 + 1;
                  if (i % 7 == 0) {
                    sources[own].sink().remove(new Link.Key(index));
                  } else {
                    sources[own].sink().put(link(index, "l" + index, i));
                  }
                }
              });
      writers[s].start();
    }
    for (int r = 0; r < readers.length; r++) {
      readers[r] = new Recorder();
      subscriptions[r] = table.subscribe("r" + r, readers[r]);
    }
    for (Thread writer : writers) {
      writer.join();
    }
    for (int r = 0; r < readers.length; r++) {
      readers[r].awaitNumber(number());
      subscriptions[r].close();
      assertEquals(List.of(), readers[r].gaps());
      assertEquals(0, readers[r].missed());
      assertEquals(table.snapshot().links(), replay(readers[r]), "picture and events agree");
    }
  }

  /** The picture with the events applied to it. */
  private static List<Link> replay(Recorder recorder) {
    var links = new java.util.TreeMap<Integer, Link>();
    recorder.pictures().getFirst().links().forEach(link -> links.put(link.index(), link));
    for (LinkEvent event : recorder.events()) {
      switch (event) {
        case LinkEvent.Added(var stamp, Link link) -> links.put(link.index(), link);
        case LinkEvent.Changed(var stamp, Link before, Link link) -> {
          assertEquals(links.get(link.index()), before);
          links.put(link.index(), link);
        }
        case LinkEvent.Removed(var stamp, Link link) ->
            assertEquals(link, links.remove(link.index()));
        default -> {}
      }
    }
    return List.copyOf(links.values());
  }

  // --- absence

  @Test
  void absenceWithdrawsWhatWasTold() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"), address(1, "127.0.0.1/8"));
    long before = number();
    kernel.sink().condition(Condition.ABSENT, "it left");
    assertEquals(List.of("address-removed", "link-removed", "source-absent"), history(before));
    assertEquals(LinkEvent.Cause.RESYNC, table.history(before, 10).getFirst().stamp().cause());
    assertEquals(List.of(), table.snapshot().links());
    before = number();
    kernel.sink().condition(Condition.ABSENT, "it left");
    assertEquals(before, number(), "it says nothing new");
    kernel.present(link(1, "lo"));
    assertEquals(List.of("link-added", "source-live"), history(before));
  }

  @Test
  void absenceIsAPictureAndWhatComesAfterItHasHappened() {
    table.addSource(kernel);
    kernel.sink().condition(Condition.ABSENT, "nobody is there");
    assertEquals(List.of("source-starting", "source-absent"), history(0));
    kernel.present(link(1, "lo"));
    LinkEvent added = table.history(2, 100).getFirst();
    assertEquals("link-added", added.name());
    assertEquals(LinkEvent.Cause.RESYNC, added.stamp().cause());
  }

  @Test
  void aSuccessorMayTakeOverByItsAbsence() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    FakeSource newer = new FakeSource("kernel", 100);
    table.addSource(newer);
    newer.sink().condition(Condition.FAILING, "not yet");
    assertEquals(1, table.snapshot().links().size());
    newer.sink().condition(Condition.ABSENT, "nobody is there");
    assertEquals(List.of(), table.snapshot().links());
    assertThrows(SinkRevokedException.class, () -> kernel.sink().put(link(1, "lo")));
    newer.sink().put(link(2, "a"));
    assertEquals(1, table.snapshot().links().size());
  }

  // --- health

  private Health.Status health(Duration patience) {
    return new TableObserver(table, patience).check().status();
  }

  @Test
  void nobodyWhoTellsOfLinksIsWrongForAWhileAndThenCritical() throws InterruptedException {
    Duration patient = Duration.ofHours(1);
    Duration impatient = Duration.ZERO;
    use(1000, 0);
    assertEquals(Health.Status.WARN, health(patient));
    assertEquals(Health.Status.CRITICAL, health(impatient));

    FakeSource manager = new FakeSource("networkd", 60);
    table.addSource(manager);
    manager.sink().condition(Condition.ABSENT, "nobody is there");
    assertEquals(Health.Status.WARN, health(patient), "who is absent tells of nothing");
    assertEquals(Health.Status.CRITICAL, health(impatient));

    table.addSource(kernel);
    assertEquals(Health.Status.WARN, health(impatient), "it is starting");
    kernel.present(link(1, "lo"));
    assertEquals(Health.Status.OK, health(impatient));

    manager.sink().present(EnumSet.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT), List.of());
    table.removeSource(kernel);
    awaitGone("kernel");
    assertEquals(Health.Status.WARN, health(patient), "it may be on its way back");
    assertEquals(Health.Status.CRITICAL, health(impatient));

    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    assertEquals(Health.Status.OK, health(impatient));
  }

  @Test
  void whoseFactsStayIsNotCritical() {
    table.addSource(kernel);
    kernel.present(link(1, "lo"));
    table.removeSource(kernel);
    assertEquals(Health.Status.WARN, health(Duration.ZERO));
    assertEquals(1, table.snapshot().links().size());
  }

  private void awaitGone(String source) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (table.snapshot().sources().stream().anyMatch(s -> s.name().equals(source))) {
      assertTrue(System.nanoTime() - end < 0, "the source " + source + " stays");
      Thread.sleep(5);
    }
  }
}
