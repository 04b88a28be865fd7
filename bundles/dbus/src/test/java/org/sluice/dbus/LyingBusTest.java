// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a bus, or whoever speaks through it, can do to us by lying. */
@SuppressWarnings("NullAway.Init")
class LyingBusTest {
  private static final ObjectPath PATH = new ObjectPath("/a");
  private static final Body TRUE = Body.of(DBusValue.text("true"));
  private static final Body FALSE = Body.of(DBusValue.text("false"));

  @TempDir private Path folder;
  private final SharedBuses buses = new SharedBuses();

  @AfterEach
  void end() {
    buses.deactivate();
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("dbus/"))
            .toList());
  }

  @Test
  void onlyWhoWasCalledAnswers() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder,
                (bus, call) -> {
                  bus.reply(call.serial() + 1000, ":1.5", FALSE);
                  bus.reply(call.serial(), ":1.66", FALSE);
                  bus.error(call.serial(), ":1.66", "a.B.Forged");
                  bus.reply(call.serial(), Names.BUS, FALSE);
                  Header elsewhere =
                      new Header(
                          MessageKind.REPLY,
                          1,
                          0,
                          call.serial(),
                          null,
                          null,
                          null,
                          null,
                          ":1.99",
                          ":1.5",
                          Signature.NONE);
                  bus.send(elsewhere, FALSE);
                  bus.reply(call.serial(), ":1.5", TRUE);
                  bus.reply(call.serial(), ":1.5", FALSE);
                });
        Bus bus = open(liar)) {
      assertEquals(TRUE, get(bus.call(MethodCall.to(":1.5", PATH, "a.B", "M"))));
      // By its well-known name, whose owner is known once it is watched.
      Told told = new Told();
      bus.watch("org.x.Y", told);
      told.expect("owner :1.5");
      assertEquals(TRUE, get(bus.call(MethodCall.to("org.x.Y", PATH, "a.B", "M"))));
    }
  }

  @Test
  void anAnswerThatCannotBeRead() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder,
                (bus, call) -> {
                  byte[] bytes =
                      FramerTest.numbered(
                          FramerTest.bytes(
                              Outgoing.of(
                                  LyingBus.header(MessageKind.REPLY, call.serial(), ":1.5", null),
                                  TRUE)),
                          false,
                          9);
                  if ("Bad".equals(call.member())) {
                    bytes[bytes.length - 1] = 'x';
                  }
                  bus.raw(bytes);
                });
        Bus bus = open(liar)) {
      DBusException bad = failure(bus.call(MethodCall.to(":1.5", PATH, "a.B", "Bad")));
      assertInstanceOf(MalformedMessageException.class, bad);
      assertTrue(
          String.valueOf(bad.getMessage()).contains("without a zero byte behind it"),
          bad::getMessage);
      assertEquals(TRUE, get(bus.call(MethodCall.to(":1.5", PATH, "a.B", "Good"))));
      assertEquals(1, liar.connections.get());
    }
  }

  @Test
  void anAnswerThatIsTooLarge() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder,
                (bus, call) -> {
                  if (!"Large".equals(call.member())) {
                    bus.reply(call.serial(), ":1.5", TRUE);
                    return;
                  }
                  byte[] head =
                      FramerTest.numbered(
                          FramerTest.bytes(
                              Outgoing.of(
                                  LyingBus.header(MessageKind.REPLY, call.serial(), ":1.5", null),
                                  Body.EMPTY)),
                          false,
                          9);
                  int size = 20 * 1024 * 1024;
                  ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(4, size);
                  bus.raw(head);
                  bus.raw(new byte[size]);
                });
        Bus bus = open(liar)) {
      assertInstanceOf(
          LimitException.class, failure(bus.call(MethodCall.to(":1.5", PATH, "a.B", "Large"))));
      assertEquals(TRUE, get(bus.call(MethodCall.to(":1.5", PATH, "a.B", "Small"))));
      assertEquals(1, liar.connections.get());
    }
  }

  @Test
  void aSignalThatCannotBeRead() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder,
                (bus, call) -> {
                  byte[] bad =
                      FramerTest.numbered(
                          FramerTest.bytes(Outgoing.of(LyingBus.signal(":1.5", "Bad"), TRUE)),
                          false,
                          9);
                  bad[bad.length - 2] = (byte) 0xff;
                  bus.raw(bad);
                  bus.send(LyingBus.signal(":1.66", "Forged"), TRUE);
                  bus.send(LyingBus.signal(":1.5", "Good"), TRUE);
                  bus.reply(call.serial(), ":1.5", TRUE);
                });
        Bus bus = open(liar)) {
      Told told = new Told();
      bus.subscribe(SignalRule.from("org.x.Y"), told);
      told.expect("read anew STARTED");
      get(bus.call(MethodCall.to(":1.5", PATH, "a.B", "M")));
      told.expect("signal Good true");
      told.expectNothing(Duration.ofMillis(100));
    }
  }

  @Test
  void whoSpeaksNonsenseIsLeftAndTriedAgain() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder,
                (bus, _) ->
                    bus.raw(
                        "HTTP/1.1 400 no bus\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Bus bus = open(liar)) {
      BlockingQueue<String> told = new LinkedBlockingQueue<>();
      bus.listen(
          new BusListener() {
            @Override
            public void connected(String uniqueName) {
              told.add("connected");
            }

            @Override
            public void disconnected(String why) {
              told.add(why);
            }
          });
      assertEquals("connected", told.poll(20, TimeUnit.SECONDS));
      assertInstanceOf(
          DisconnectedException.class, failure(bus.call(MethodCall.to(":1.5", PATH, "a.B", "M"))));
      String why = String.valueOf(told.poll(20, TimeUnit.SECONDS));
      assertTrue(why.contains("byte order 72"), why);
      assertEquals("connected", told.poll(20, TimeUnit.SECONDS));
      assertEquals(2, liar.connections.get());
    }
  }

  @Test
  void aBusThatDoesNotWantUs() throws Exception {
    try (LyingBus liar = new LyingBus(folder, "REJECTED KERBEROS\r\n", (_, _) -> {});
        Bus bus = buses.open("test", liar.address())) {
      assertTrue(reason(bus).contains("refused the authentication: \"REJECTED KERBEROS\""));
    }
  }

  @Test
  void aBusThatTalksWithoutEnd() throws Exception {
    try (LyingBus liar = new LyingBus(folder, "x".repeat(100_000), (_, _) -> {});
        Bus bus = buses.open("test", liar.address())) {
      assertTrue(reason(bus).contains("without end"));
    }
  }

  @Test
  void noBusAtAll() throws Exception {
    BusAddress nowhere =
        new BusAddress("unix:abstract=x;unix:path=" + folder.resolve("none") + ";tcp:host=h");
    try (Bus bus = buses.open("test", nowhere)) {
      String why = reason(bus);
      assertTrue(why.contains("abstract name"), why);
      assertTrue(why.contains("none: No such file"), why);
      assertTrue(why.contains("not tcp:"), why);
      assertInstanceOf(
          DisconnectedException.class, failure(bus.call(MethodCall.to(":1.5", PATH, "a.B", "M"))));
    }
  }

  /** Nobody waits for a bus that does not read, and what is kept for it has an end. */
  @Test
  @Timeout(60)
  void aBusThatDoesNotRead() throws Exception {
    try (LyingBus liar =
            LyingBus.answering(
                folder, (bus, call) -> bus.reply(call.serial(), ":1.5", Body.EMPTY));
        Bus bus = open(liar)) {
      liar.deaf = true;
      MethodCall large =
          MethodCall.to(":1.5", PATH, "a.B", "M")
              .with(new DBusValue.Bytes(new byte[4 * 1024 * 1024]));
      List<CompletableFuture<Body>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        calls.add(bus.call(large));
      }
      assertInstanceOf(LimitException.class, failure(calls.getLast()));
      liar.deaf = false;
      assertEquals(Body.EMPTY, get(calls.getFirst()));
    }
  }

  private Bus open(LyingBus liar) throws Exception {
    Bus bus = buses.open("test", liar.address());
    CompletableFuture<String> stands = new CompletableFuture<>();
    bus.listen(
        new BusListener() {
          @Override
          public void connected(String uniqueName) {
            stands.complete(uniqueName);
          }

          @Override
          public void disconnected(String why) {
            // It is tried again.
          }
        });
    assertEquals(LyingBus.NAME, get(stands));
    return bus;
  }

  private static String reason(Bus bus) throws Exception {
    CompletableFuture<String> reason = new CompletableFuture<>();
    bus.listen(
        new BusListener() {
          @Override
          public void connected(String uniqueName) {
            reason.complete("connected");
          }

          @Override
          public void disconnected(String why) {
            reason.complete(why);
          }
        });
    return get(reason);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static DBusException failure(CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(future));
    return assertInstanceOf(DBusException.class, e.getCause());
  }
}
