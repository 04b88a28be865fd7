// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.packet.api.AsyncPort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.Ports;

/** Stages and subscribers, over a port that a test plays. */
@Timeout(120)
class AsyncFramesTest {
  private static final FrameSpec SPEC = FrameSpec.on("loop").chunks(64);

  private final OpenPorts ports = new OpenPorts();
  private final LoopDriver driver = new LoopDriver("loop", 10);
  private AsyncPort port;

  @BeforeEach
  void start() throws Exception {
    ports.start();
    ports.driverThere(driver);
    port = ports.async(SPEC, Ports.AUTO);
  }

  @AfterEach
  void stop() throws Exception {
    ports.stop();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("packet.engine/loop-async")),
        "the thread has ended");
  }

  private static int number(Packet packet) {
    return packet.memory().get(ValueLayout.JAVA_INT, packet.address());
  }

  private static <T> T soon(java.util.concurrent.CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void soonSent(
      java.util.concurrent.CompletionStage<@org.jspecify.annotations.Nullable Void> stage)
      throws Exception {
    stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void until(BooleanSupplier state) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!state.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, "not in a minute");
      Thread.sleep(1);
    }
  }

  /** Writes down its signals. */
  private static final class Diary implements Flow.Subscriber<Packet> {
    final LinkedBlockingQueue<String> signals = new LinkedBlockingQueue<>();
    volatile Flow.Subscription subscription =
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        };

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      signals.add("subscribed");
    }

    @Override
    public void onNext(Packet packet) {
      assertEquals("packet.engine/loop-async", Thread.currentThread().getName());
      signals.add("packet " + number(packet));
      packet.release();
    }

    @Override
    public void onError(Throwable throwable) {
      signals.add("error " + throwable.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      signals.add("complete");
    }

    String signal() throws InterruptedException {
      return Objects.requireNonNull(signals.poll(60, TimeUnit.SECONDS), "no signal in a minute");
    }
  }

  @Test
  void stagesAreServedInTheirOrderAndACancelledOneTakesNone() throws Exception {
    var first = port.next();
    var second = port.next().toCompletableFuture();
    var third = port.next();
    second.cancel(false);
    driver.last().arrives(1);
    driver.last().arrives(2);
    assertEquals(1, number(soon(first)));
    assertEquals(2, number(soon(third)));
    soon(first).release();
    soon(third).release();
  }

  @Test
  void whatIsSentCompletesItsStage() throws Exception {
    for (int i = 0; i < 200; i++) {
      Packet packet = Objects.requireNonNull(port.reserve());
      packet.length(60);
      packet.memory().set(ValueLayout.JAVA_INT, packet.address(), i);
      soonSent(port.send(packet));
      assertThrows(IllegalStateException.class, packet::release);
      Packet back = soon(port.next());
      assertEquals(i, number(back));
      back.release();
    }
  }

  @Test
  void aStageOfWhatThePortHasNoRoomForWaits() throws Exception {
    driver.last().full = true;
    Packet packet = Objects.requireNonNull(port.reserve());
    packet.length(60);
    var sent = port.send(packet).toCompletableFuture();
    var received = port.next().toCompletableFuture();
    assertFalse(sent.isDone());
    assertFalse(received.isDone());
    driver.last().full = false;
    soonSent(sent);
    soon(received).release();
  }

  @Test
  void aSubscriberGetsNoMoreThanItAskedFor() throws Exception {
    Diary diary = new Diary();
    port.packets().subscribe(diary);
    assertEquals("subscribed", diary.signal());
    for (int i = 0; i < 5; i++) {
      driver.last().arrives(i);
    }
    diary.subscription.request(2);
    assertEquals("packet 0", diary.signal());
    assertEquals("packet 1", diary.signal());
    // A stage is served while the subscriber has asked for nothing, so nobody else was given 2.
    Packet third = soon(port.next());
    assertEquals(2, number(third));
    third.release();
    assertTrue(diary.signals.isEmpty());
    diary.subscription.request(Long.MAX_VALUE);
    diary.subscription.request(Long.MAX_VALUE);
    assertEquals("packet 3", diary.signal());
    assertEquals("packet 4", diary.signal());
    diary.subscription.cancel();
    Diary next = new Diary();
    until(
        () -> {
          next.signals.clear();
          port.packets().subscribe(next);
          try {
            return next.signal().equals("subscribed")
                && next.signals.poll(50, TimeUnit.MILLISECONDS) == null;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    driver.last().arrives(9);
    next.subscription.request(1);
    assertEquals("packet 9", next.signal());
    assertTrue(diary.signals.isEmpty(), "it was cancelled");
    port.close();
    assertEquals("complete", next.signal());
  }

  @Test
  void whoAsksForNothingOrComesSecondIsTold() throws Exception {
    Diary diary = new Diary();
    port.packets().subscribe(diary);
    assertEquals("subscribed", diary.signal());
    Diary second = new Diary();
    port.packets().subscribe(second);
    assertEquals("subscribed", second.signal());
    assertEquals("error IllegalStateException", second.signal());
    diary.subscription.request(0);
    assertEquals("error IllegalArgumentException", diary.signal());
    assertThrows(NullPointerException.class, () -> port.packets().subscribe(null));
  }

  @Test
  void aSubscriberThatThrowsIsCancelledAndItsPacketTakenBack() throws Exception {
    CompletableFuture<Packet> bad = new CompletableFuture<>();
    port.packets()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(10);
              }

              @Override
              public void onNext(Packet packet) {
                bad.complete(packet);
                throw new IllegalStateException("on purpose");
              }

              @Override
              public void onError(Throwable throwable) {}

              @Override
              public void onComplete() {}
            });
    driver.last().arrives(1);
    soon(bad);
    driver.last().arrives(2);
    Packet packet = soon(port.next());
    assertEquals(2, number(packet));
    assertThrows(IllegalStateException.class, soon(bad)::release);
    packet.release();
  }

  @Test
  void closeEndsAllThatWait() throws Exception {
    var waiting = port.next().toCompletableFuture();
    driver.last().full = true;
    Packet packet = Objects.requireNonNull(port.reserve());
    packet.length(60);
    var sending = port.send(packet).toCompletableFuture();
    port.close();
    assertInstanceOf(
        PortClosedException.class,
        assertThrows(CompletionException.class, waiting::join).getCause());
    assertInstanceOf(
        PortClosedException.class,
        assertThrows(CompletionException.class, sending::join).getCause());
    assertInstanceOf(
        PortClosedException.class,
        assertThrows(CompletionException.class, () -> port.next().toCompletableFuture().join())
            .getCause());
    Diary late = new Diary();
    port.packets().subscribe(late);
    assertEquals("subscribed", late.signal());
    assertEquals("error PortClosedException", late.signal());
    port.close();
  }

  @Test
  void aStageMayCloseThePort() throws Exception {
    CompletableFuture<String> done = new CompletableFuture<>();
    var stage =
        port.next()
            .thenAccept(
                packet -> {
                  port.close();
                  done.complete("closed");
                });
    driver.last().arrives(1);
    soon(done);
    soon(stage);
    port.close();
  }

  @Test
  void anotherDriverTakesOver() throws Exception {
    var waiting = port.next();
    LoopDriver better = new LoopDriver("better", 90);
    ports.driverThere(better);
    better.last().arrives(5);
    assertEquals(5, number(soon(waiting)));
    soon(waiting).release();
  }
}
