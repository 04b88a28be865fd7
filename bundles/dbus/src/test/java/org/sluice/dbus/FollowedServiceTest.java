// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.dbus.ServiceTally.Standing.Way;

/** A service on a real bus, which comes, goes, is silent, and tells nonsense. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class FollowedServiceTest {
  private static final String NAME = "org.sluice.test.Followed";
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(50);
  private static final String NOBODY = "Tester does not own " + NAME + " on the system bus";

  @TempDir private Path folder;
  private PrivateDaemon daemon;
  private final SharedBuses buses = new SharedBuses();
  private final SharedBuses others = new SharedBuses();
  private final ServiceTally tally = new ServiceTally();
  private final Told told = new Told();
  private final Follower follower = new Follower();

  /** What the service answers when it is read. */
  private final AtomicReference<Supplier<CompletionStage<Body>>> answer =
      new AtomicReference<>(() -> says("one"));

  private Bus server;
  private ExportedObject object;
  private FollowedService<String> service;

  @BeforeEach
  void start() throws Exception {
    daemon = new PrivateDaemon(folder);
    server = others.open("server", daemon.address());
    object =
        Exports.export(
            server,
            List.of(
                new ExportedMethod(
                    "Get", List.of(), List.of(new Parameter("all", "s")), _ -> answer.get().get())),
            List.of());
    use(NEVER, NEVER);
  }

  @AfterEach
  void stop() throws Exception {
    if (daemon != null) {
      service.close();
      buses.deactivate();
      others.deactivate();
      daemon.kill();
      assertEquals(List.of(), threads());
    }
  }

  private void use(Duration grace, Duration retry) {
    service =
        new FollowedService<>(
            "test",
            "Tester",
            NAME,
            SignalRule.from(NAME).path(Exports.OBJECT),
            tally,
            follower,
            grace,
            retry);
  }

  private void follow() {
    service.follow(buses, daemon.address());
  }

  /** Makes the service be there. */
  private Registration arrive() throws Exception {
    Told ownership = new Told();
    Registration owned = server.own(NAME, ownership);
    while (!ownership.next().equals("ownership OWNED")) {
      // It waits for the bus.
    }
    return owned;
  }

  private static CompletionStage<Body> says(String text) {
    return CompletableFuture.completedStage(Body.of(DBusValue.text(text)));
  }

  private static CompletionStage<Body> fails() {
    return CompletableFuture.failedStage(
        new ErrorReplyException("org.sluice.test.Error", "as asked"));
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("dbus/"))
        .sorted()
        .toList();
  }

  /** Skips what is told while something is on its way, and fails on anything else. */
  private void awaitTold(String what, String meanwhile) throws InterruptedException {
    String next = told.next();
    while (!next.equals(what)) {
      assertTrue(next.startsWith(meanwhile), next);
      next = told.next();
    }
  }

  /** Writes down what it is told. */
  private final class Follower implements Following<String> {
    private volatile boolean throwing;
    private volatile boolean survives = true;

    private void add(String what) {
      // Who waits for what is told may change his mind before this goes on.
      boolean now = throwing;
      told.add(what);
      if (now) {
        throw new IllegalStateException(what);
      }
    }

    @Override
    public CompletableFuture<String> read(Bus bus) {
      if (throwing) {
        throw new IllegalStateException("read");
      }
      return bus.call(MethodCall.to(NAME, Exports.OBJECT, Exports.INTERFACE, "Get"))
          .thenApply(body -> body.text(0).filter(text -> !text.isEmpty()).orElseThrow());
    }

    @Override
    public String advice(Throwable failure) {
      return ", as " + failure.getClass().getSimpleName() + " says";
    }

    @Override
    public void took(String everything, boolean afterGap) {
      add("took " + everything + (afterGap ? " after a gap" : ""));
    }

    @Override
    public void signal(Signal signal) {
      add("signal " + signal.body().text(0).orElse(""));
    }

    @Override
    public void failing(String why) {
      add("failing: " + why);
    }

    @Override
    public void absent(String why) {
      add("absent: " + why + " on " + Thread.currentThread().getName());
    }

    @Override
    public boolean survives(RuntimeException thrown) {
      told.add("thrown: " + thrown.getMessage());
      return survives;
    }
  }

  @Test
  void whoIsThereIsTakenAndThenHeard() throws Exception {
    arrive();
    follow();
    told.expect("took one");
    service.run(() -> assertTrue(service.inTouch() && service.listening()));
    assertEquals(Way.LIVE, tally.standing().way());
    object.emit(Exports.INTERFACE, "Tick", DBusValue.text("1"));
    told.expect("signal 1");
    assertEquals(1, tally.signals());
    assertEquals(0, tally.failures());
  }

  @Test
  void nobodyIsAbsentUntilSomebodyComes() throws Exception {
    follow();
    told.expect("absent: " + NOBODY + " on dbus/test");
    assertEquals(Way.ABSENT, tally.standing().way());
    assertEquals(0, tally.failures(), "it is no failure that a service does not run");
    arrive();
    awaitTold("took one", "absent: " + NOBODY);
  }

  @Test
  void whoLeavesIsMissedAndThenGivenUp() throws Exception {
    use(SOON, NEVER);
    Registration there = arrive();
    follow();
    told.expect("took one");
    there.close();
    awaitTold(
        "absent: " + NOBODY + " on dbus/test-clock", "failing: " + NOBODY + "; what it told stays");
    assertEquals(Way.ABSENT, tally.standing().way());
    service.run(() -> assertFalse(service.inTouch()));
    arrive();
    // What was given up leaves no gap: it begins anew.
    awaitTold("took one", "absent: " + NOBODY);
  }

  @Test
  void whoComesBackInTimeIsNotGivenUp() throws Exception {
    Registration there = arrive();
    follow();
    told.expect("took one");
    there.close();
    told.expect("failing: " + NOBODY + "; what it told stays for 3600 s");
    service.run(() -> assertEquals(1, service.due()));
    service.run(() -> assertFalse(service.inTouch()));
    arrive();
    awaitTold("took one after a gap", "failing: " + NOBODY);
    service.run(() -> assertEquals(0, service.due(), "it would still be given up"));
    assertEquals(Way.LIVE, tally.standing().way());
  }

  @Test
  void whatCannotBeReadIsReadAgain() throws Exception {
    use(NEVER, SOON);
    answer.set(FollowedServiceTest::fails);
    arrive();
    follow();
    String text =
        "failing: Tester cannot be read: org.sluice.test.Error: as asked, as ErrorReplyException"
            + " says; tried again in 0 s";
    told.expect(text);
    told.expect(text);
    assertEquals(Way.FAILING, tally.standing().way());
    answer.set(() -> says("two"));
    awaitTold("took two after a gap", text);
    // Sense is demanded of an answer, too.
    answer.set(() -> says(""));
    service.run(service::readAnew);
    assertTrue(told.next().startsWith("failing: Tester cannot be read: No value present"));
  }

  @Test
  void theBusMayGoForAsLongAsItLikes() throws Exception {
    arrive();
    follow();
    told.expect("took one");
    daemon.kill();
    String lost = told.next();
    for (; lost.startsWith("failing: " + NOBODY); lost = told.next()) {
      // Without a bus nobody owns a name, which may be told first.
    }
    assertTrue(lost.startsWith("failing: the system bus unix:path="), lost);
    assertTrue(lost.contains(" cannot be reached: "), lost);
    service.run(() -> assertEquals(0, service.due(), "the service may be alive without a bus"));
    service.run(() -> assertFalse(service.listening()));
    daemon.start();
    awaitTold("took one after a gap", "failing: " + NOBODY);
  }

  @Test
  void noBusFromTheStartIsNoService() throws Exception {
    daemon.kill();
    follow();
    String absent = told.next();
    assertTrue(absent.startsWith("absent: the system bus unix:path="), absent);
    assertTrue(absent.contains("until then nobody knows of Tester"), absent);
    daemon.start();
    arrive();
    awaitTold("took one", "absent: " + NOBODY);
  }

  @Test
  void allReasonsDuringAReadAreOneMoreRead() throws Exception {
    CompletableFuture<Body> held = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    answer.set(
        () -> {
          asked.complete(null);
          return held;
        });
    arrive();
    follow();
    asked.join();
    answer.set(() -> says("two"));
    object.emit(Exports.INTERFACE, "Tick", DBusValue.text("too early"));
    service.run(service::readAnew);
    service.run(service::readAnew);
    service.run(service::readAnew);
    held.complete(Body.of(DBusValue.text("one")));
    // The signal is part of what is answered after it.
    told.expect("took one");
    told.expect("took two");
    assertEquals(1, tally.signals());
    service.run(() -> assertEquals(2, tally.reads()));
  }

  @Test
  void whatIsThrownIsHandedOverAndEndsNothing() throws Exception {
    arrive();
    follow();
    told.expect("took one");
    follower.throwing = true;
    object.emit(Exports.INTERFACE, "Tick", DBusValue.text("1"));
    told.expect("signal 1");
    told.expect("thrown: signal 1");
    follower.throwing = false;
    object.emit(Exports.INTERFACE, "Tick", DBusValue.text("2"));
    told.expect("signal 2");
    service.run(service::readAnew);
    told.expect("took one");
  }

  @Test
  void whoDoesNotSurviveIsToldNothingMore() throws Exception {
    arrive();
    follow();
    told.expect("took one");
    follower.survives = false;
    service.run(
        () -> {
          throw new IllegalStateException("the end");
        });
    told.expect("thrown: the end");
    service.run(() -> told.add("ran"));
    told.expectNothing(Duration.ZERO);
  }

  @Test
  void aReadThatThrowsIsOneThatFailed() throws Exception {
    use(NEVER, SOON);
    arrive();
    follow();
    told.expect("took one");
    follower.throwing = true;
    service.run(service::readAnew);
    String failing = "failing: Tester cannot be read: read, as IllegalStateException says";
    String first = told.next();
    assertTrue(first.startsWith(failing), first);
    String thrown = told.next();
    assertTrue(thrown.startsWith("thrown: " + failing), thrown);
    follower.throwing = false;
    // Also who failed on being told is told when it can be read again.
    String next = told.next();
    for (; !next.equals("took one after a gap"); next = told.next()) {
      assertTrue(next.contains(failing), next);
    }
  }

  @Test
  void anAnswerComesUnderTheLock() throws Exception {
    arrive();
    follow();
    told.expect("took one");
    service.ask(
        MethodCall.to(NAME, Exports.OBJECT, Exports.INTERFACE, "Get"),
        (body, failure) -> told.add("answered " + (body != null) + (failure != null)));
    told.expect("answered truefalse");
    answer.set(FollowedServiceTest::fails);
    service.ask(
        MethodCall.to(NAME, Exports.OBJECT, Exports.INTERFACE, "Get"),
        (body, failure) -> told.add("answered " + (body != null) + (failure != null)));
    told.expect("answered falsetrue");
    assertEquals(3, tally.reads());
  }

  @Test
  void whoIsLeftAloneIsAbsent() throws Exception {
    arrive();
    service.leave("switched off");
    told.expect("absent: switched off on dbus/test-clock");
    assertEquals("switched off", tally.standing().text());
  }

  @Test
  void theEndIsTheEnd() throws Exception {
    use(SOON, SOON);
    Registration there = arrive();
    follow();
    told.expect("took one");
    there.close();
    assertTrue(told.next().startsWith("failing: "));
    service.close();
    server.close();
    assertEquals(List.of(), threads());
    // Whatever was told was told before.
    while (told.told()) {
      told.next();
    }
    service.run(() -> told.add("ran"));
    told.expectNothing(Duration.ZERO);
  }
}
