// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real dbus-daemon. */
@SuppressWarnings("NullAway.Init")
class DaemonTest {
  private static final ObjectPath BUS_PATH = new ObjectPath("/org/freedesktop/DBus");
  private static final ObjectPath OBJECT = Exports.OBJECT;
  private static final String NAME = "org.sluice.test.Server";
  private static final String INTERFACE = Exports.INTERFACE;
  private static final Duration QUIET = Duration.ofMillis(300);

  @TempDir private Path folder;
  private PrivateDaemon daemon;
  private final SharedBuses buses = new SharedBuses();
  private final SharedBuses others = new SharedBuses();
  private Bus bus;

  @BeforeEach
  void start() throws Exception {
    daemon = new PrivateDaemon(folder);
    bus = buses.open("test", daemon.address());
    connected(bus);
  }

  @AfterEach
  void stop() throws Exception {
    if (daemon != null) {
      buses.deactivate();
      others.deactivate();
      daemon.kill();
      assertEquals(List.of(), threads());
    }
  }

  // --- calls ---

  @Test
  void callsAndErrors() throws Exception {
    String own = bus.uniqueName().orElseThrow();
    assertTrue(own.startsWith(":1."), own);
    Body names = get(bus.call(ofBus("ListNames")));
    assertTrue(names.list(0).contains(DBusValue.text(own)));
    assertEquals(
        own, get(bus.call(ofBus("GetNameOwner").with(DBusValue.text(own)))).text(0).orElseThrow());

    ErrorReplyException nobody =
        assertInstanceOf(
            ErrorReplyException.class,
            failure(bus.call(ofBus("GetNameOwner").with(DBusValue.text("org.nobody.Here")))));
    assertEquals("org.freedesktop.DBus.Error.NameHasNoOwner", nobody.name());
    assertTrue(nobody.text().contains("org.nobody.Here"), nobody.text());

    ErrorReplyException notStarted =
        assertInstanceOf(
            ErrorReplyException.class,
            failure(bus.call(MethodCall.to("org.nobody.Here", OBJECT, INTERFACE, "Any"))));
    assertEquals("org.freedesktop.DBus.Error.NameHasNoOwner", notStarted.name());
  }

  @Test
  void propertiesAndCredentials() throws Exception {
    VariantMap properties = get(bus.properties(Names.BUS, BUS_PATH, Names.BUS));
    assertFalse(properties.texts("Interfaces").isEmpty());
    Credentials own = get(bus.credentials(bus.uniqueName().orElseThrow()));
    assertEquals(ProcessHandle.current().pid(), own.process().orElseThrow());
    Number user = (Number) java.nio.file.Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assertEquals(user.longValue(), own.user().orElseThrow());
  }

  @Test
  void manyCallsAtOnce() throws Exception {
    List<CompletableFuture<Body>> calls = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      calls.add(bus.call(ofBus("NameHasOwner").with(DBusValue.text("org.x.N" + i))));
    }
    for (CompletableFuture<Body> call : calls) {
      assertEquals(Optional.of(false), get(call).flag(0));
    }
  }

  @Test
  void whoWaitsForHimselfIsTold() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    CompletableFuture<Void> chain =
        bus.call(ofBus("ListNames"))
            .thenAccept(
                _ -> {
                  try {
                    seen.complete(bus.call(ofBus("ListNames")).join().toString());
                  } catch (IllegalStateException e) {
                    seen.complete(String.valueOf(e.getMessage()));
                  }
                });
    assertTrue(get(seen).contains("continue with thenAccept"), get(seen));
    get(chain);
  }

  @Test
  void whatFollowsIsDoneOnTheThreadOfTheUser() throws Exception {
    CompletableFuture<Body> complete = bus.call(ofBus("ListNames"));
    get(complete);
    assertEquals("dbus/test", get(complete.thenApply(_ -> Thread.currentThread().getName())));
    assertEquals(
        "dbus/test",
        get(complete.thenRun(() -> {}).handle((_, _) -> Thread.currentThread().getName())));
    bus.close();
    // Nobody is left to do it, but nobody waits for ever either.
    assertEquals("done", get(complete.thenApply(_ -> "done")));
  }

  @Test
  void noAnswerInTime() throws Exception {
    Bus server = other();
    MethodCall never = Exports.never(server).within(Duration.ofMillis(200));
    assertInstanceOf(CallTimeoutException.class, failure(bus.call(never)));
    List<CompletableFuture<Body>> calls = new ArrayList<>();
    for (int i = 0; i < IncomingCalls.MOST_OF_ONE + 5; i++) {
      // Who is turned away is told so, which may take its time.
      boolean first = i < IncomingCalls.MOST_OF_ONE;
      calls.add(bus.call(never.within(Duration.ofSeconds(first ? 1 : 15))));
    }
    // One caller does not take all places of a server that is slow.
    ErrorReplyException turnedAway =
        assertInstanceOf(ErrorReplyException.class, failure(calls.getLast()));
    assertEquals("org.freedesktop.DBus.Error.LimitsExceeded", turnedAway.name());
    assertInstanceOf(CallTimeoutException.class, failure(calls.getFirst()));
  }

  // --- signals ---

  @Test
  void signalsInOrderAndBeforeTheReply() throws Exception {
    Bus server = other();
    own(server, NAME);
    CompletableFuture<ExportedObject> itself = new CompletableFuture<>();
    itself.complete(
        Exports.export(
            server,
            List.of(
                Exports.method(
                    "Emit",
                    _ -> {
                      for (int i = 0; i < 500; i++) {
                        itself.join().emit(INTERFACE, "Tick", DBusValue.text("" + i));
                      }
                      return CompletableFuture.completedStage(Body.EMPTY);
                    })),
            List.of()));
    Told told = new Told();
    bus.subscribe(SignalRule.from(NAME).below(new ObjectPath("/org/sluice")), told);
    told.expect("read anew STARTED");
    CompletableFuture<Void> done =
        bus.call(MethodCall.to(NAME, OBJECT, INTERFACE, "Emit"))
            .thenAccept(_ -> told.add("replied on " + Thread.currentThread().getName()));
    for (int i = 0; i < 500; i++) {
      told.expect("signal Tick " + i);
    }
    told.expect("replied on dbus/test");
    get(done);
  }

  @Test
  void aForgedSignalIsDroppedEvenWhenTheBusDeliversIt() throws Exception {
    Bus server = other();
    own(server, NAME);
    ExportedObject real = Exports.ticking(server);
    Bus stranger = others.open("stranger", new BusAddress(daemon.address() + ",guid=00"));
    connected(stranger);
    ExportedObject forged = Exports.ticking(stranger);

    Told anybody = new Told();
    Told trusted = new Told();
    // This rule makes the bus deliver the forged ones to this very connection.
    bus.subscribe(SignalRule.fromAnybody().path(OBJECT), anybody);
    bus.subscribe(SignalRule.from(NAME).path(OBJECT), trusted);
    anybody.expect("read anew STARTED");
    trusted.expect("read anew STARTED");
    forged.emit(INTERFACE, "Tick", DBusValue.text("forged"));
    anybody.expect("signal Tick forged");
    real.emit(INTERFACE, "Tick", DBusValue.text("real"));
    anybody.expect("signal Tick real");
    trusted.expect("signal Tick real");

    // The name goes to the other, and with it the trust.
    own(stranger, NAME, Optional.of(server));
    forged.emit(INTERFACE, "Tick", DBusValue.text("heir"));
    anybody.expect("signal Tick heir");
    trusted.expect("signal Tick heir");
    real.emit(INTERFACE, "Tick", DBusValue.text("former"));
    anybody.expect("signal Tick former");
    trusted.expectNothing(QUIET);
  }

  @Test
  void rulesAreKeptOnThisSideToo() throws Exception {
    ExportedObject object = Exports.ticking(other());
    Told one = new Told();
    Told two = new Told();
    Told all = new Told();
    bus.subscribe(SignalRule.fromAnybody().member(INTERFACE, "Tick").arg0("1"), one);
    Registration second =
        bus.subscribe(SignalRule.fromAnybody().member(INTERFACE, "Tick").arg0("2"), two);
    bus.subscribe(SignalRule.fromAnybody().below(new ObjectPath("/org/sluice")), all);
    one.expect("read anew STARTED");
    two.expect("read anew STARTED");
    all.expect("read anew STARTED");
    for (String text : List.of("1", "2", "3")) {
      object.emit(INTERFACE, "Tick", DBusValue.text(text));
      all.expect("signal Tick " + text);
    }
    one.expect("signal Tick 1");
    two.expect("signal Tick 2");
    second.close();
    object.emit(INTERFACE, "Tick", DBusValue.text("2"));
    all.expect("signal Tick 2");
    two.expectNothing(QUIET);
    one.expectNothing(QUIET);
  }

  @Test
  void whoThrowsHarmsNobody() throws Exception {
    ExportedObject object = Exports.ticking(other());
    Told told = new Told();
    bus.subscribe(
        SignalRule.fromAnybody().path(OBJECT),
        new SignalListener() {
          @Override
          public void signal(Signal signal) {
            throw new LinkageError("as after a swap of a bundle");
          }

          @Override
          public void readAnew(Gap gap) {
            throw new IllegalStateException("on purpose");
          }
        });
    bus.subscribe(SignalRule.fromAnybody().path(OBJECT), told);
    told.expect("read anew STARTED");
    object.emit(INTERFACE, "Tick", DBusValue.text("1"));
    told.expect("signal Tick 1");
  }

  @Test
  void whoIsTooSlowIsToldToReadAnew() throws Exception {
    ExportedObject object = Exports.ticking(other());
    Told told = new Told();
    CountDownLatch go = new CountDownLatch(1);
    bus.subscribe(
        SignalRule.fromAnybody().path(OBJECT),
        new SignalListener() {
          @Override
          public void signal(Signal signal) {
            try {
              go.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            told.signal(signal);
          }

          @Override
          public void readAnew(Gap gap) {
            told.readAnew(gap);
          }
        });
    Bus quick = buses.open("quick", daemon.address());
    Told neighbour = new Told();
    quick.subscribe(SignalRule.fromAnybody().path(OBJECT).arg0("last"), neighbour);
    told.expect("read anew STARTED");
    neighbour.expect("read anew STARTED");
    for (int i = 0; i < 3000; i++) {
      object.emit(INTERFACE, "Tick", DBusValue.text("" + i));
    }
    object.emit(INTERFACE, "Tick", DBusValue.text("last"));
    // A neighbour on the same connection does not wait for him.
    neighbour.expect("signal Tick last");
    go.countDown();
    int count = 0;
    String next = told.next();
    for (; next.startsWith("signal"); next = told.next()) {
      assertEquals("signal Tick " + count++, next);
    }
    assertEquals("read anew OVERFLOW", next);
    assertTrue(count >= 1000 && count < 3000, "told " + count);
    told.expectNothing(QUIET);
    object.emit(INTERFACE, "Tick", DBusValue.text("after"));
    told.expect("signal Tick after");
  }

  // --- names ---

  @Test
  void aNameIsFollowed() throws Exception {
    Told told = new Told();
    bus.watch(NAME, told);
    told.expect("owner nobody");
    Bus server = other();
    Registration owned = own(server, NAME);
    told.expect("owner " + server.uniqueName().orElseThrow());
    Told late = new Told();
    bus.watch(NAME, late);
    late.expect("owner " + server.uniqueName().orElseThrow());
    Bus heir = others.open("heir", new BusAddress(daemon.address() + ",guid=01"));
    connected(heir);
    Told waiting = new Told();
    heir.own(NAME, waiting);
    waiting.expect("ownership QUEUED");
    owned.close();
    waiting.expect("ownership OWNED");
    told.expect("owner " + heir.uniqueName().orElseThrow());
    heir.close();
    told.expect("owner nobody");
  }

  @Test
  void aNameThatIsForbidden() throws Exception {
    Told told = new Told();
    bus.own("org.sluice.test.Forbidden", told);
    told.expect("ownership REFUSED");
  }

  // --- the bus goes and comes back ---

  @Test
  void theBusIsKilledAndComesBack() throws Exception {
    Bus server = other();
    Told connection = new Told();
    Told signals = new Told();
    Told name = new Told();
    Told ownership = new Told();
    server.own(NAME, ownership);
    ownership.expect("ownership OWNED");
    ExportedObject object = Exports.ticking(server);
    bus.listen(connection);
    bus.subscribe(SignalRule.from(NAME).path(OBJECT), signals);
    bus.watch(NAME, name);
    connection.expect("connected");
    signals.expect("read anew STARTED");
    assertTrue(name.next().startsWith("owner :"));
    CompletableFuture<Body> pending = bus.call(Exports.never(server));

    daemon.kill();
    // Not when its time is up.
    assertInstanceOf(DisconnectedException.class, failure(pending));
    connection.expect("disconnected");
    name.expect("owner nobody");
    ownership.expect("ownership LOST");
    DBusException refused = failure(bus.call(ofBus("ListNames")));
    assertInstanceOf(DisconnectedException.class, refused);
    assertTrue(bus.uniqueName().isEmpty());
    connection.expectNothing(QUIET);

    daemon.start();
    connection.expect("connected");
    ownership.expect("ownership OWNED");
    signals.expect("read anew RECONNECTED");
    assertTrue(name.next().startsWith("owner :"));
    object.emit(INTERFACE, "Tick", DBusValue.text("again"));
    signals.expect("signal Tick again");
    assertFalse(get(bus.call(ofBus("ListNames"))).list(0).isEmpty());
  }

  @Test
  void aBusThatComesLater() throws Exception {
    daemon.kill();
    Bus early = others.open("early", daemon.address());
    Told told = new Told();
    early.listen(told);
    early.watch(NAME, told);
    early.subscribe(SignalRule.from(Names.BUS).ofInterface(Names.BUS), told);
    List<String> first = new ArrayList<>(List.of(told.next(), told.next()));
    java.util.Collections.sort(first);
    assertEquals(List.of("disconnected", "owner nobody"), first);
    daemon.start();
    told.expect("connected");
    told.expect("read anew STARTED");
  }

  // --- exported objects ---

  @Test
  void anObjectForOthers() throws Exception {
    Bus server = other();
    own(server, NAME);
    AtomicReference<DBusValue> level = new AtomicReference<>(new DBusValue.U32(3));
    ExportedObject object =
        Exports.export(
            server,
            call ->
                call.member().equals("Secret")
                    ? server
                        .credentials(call.sender())
                        .thenAccept(
                            _ -> {
                              throw new java.util.concurrent.CompletionException(
                                  AccessPolicy.denied("not for you"));
                            })
                    : CompletableFuture.completedStage(null),
            List.of(
                new ExportedMethod(
                    "Join",
                    List.of(new Parameter("words", "as"), new Parameter("by", "s")),
                    List.of(new Parameter("joined", "s"), new Parameter("count", "u")),
                    DaemonTest::join),
                Exports.method(
                    "Fail",
                    _ -> {
                      throw new ErrorReplyException("org.sluice.test.Error", "as asked");
                    }),
                Exports.method(
                    "Bug",
                    _ -> {
                      throw new IllegalStateException("\0\ud800 secret");
                    }),
                new ExportedMethod(
                    "Lie",
                    List.of(),
                    List.of(new Parameter("number", "u")),
                    _ -> CompletableFuture.completedStage(Body.of(DBusValue.text("no")))),
                Exports.method("Secret", _ -> CompletableFuture.completedStage(Body.EMPTY))),
            List.of(
                new ExportedProperty("Name", "s", () -> DBusValue.text("grüß")),
                new ExportedProperty(
                    "Level",
                    new Signature("u"),
                    level::get,
                    Optional.of(
                        (_, value) -> {
                          level.set(value);
                          return CompletableFuture.completedStage(null);
                        }))));

    MethodCall join = MethodCall.to(NAME, OBJECT, INTERFACE, "Join");
    assertEquals(
        Body.of(DBusValue.text("a-b"), new DBusValue.U32(2)),
        get(bus.call(join.with(DBusValue.texts(List.of("a", "b")), DBusValue.text("-")))));
    error("InvalidArgs", join.with(DBusValue.text("a")));
    error("UnknownMethod", MethodCall.to(NAME, OBJECT, INTERFACE, "None"));
    error("UnknownMethod", MethodCall.to(NAME, OBJECT, "org.sluice.test.Other", "Join"));
    error("UnknownObject", MethodCall.to(NAME, ObjectPath.ROOT, INTERFACE, "Join"));
    error("AccessDenied", MethodCall.to(NAME, OBJECT, INTERFACE, "Secret"));
    error("Failed", MethodCall.to(NAME, OBJECT, INTERFACE, "Bug"));
    error("Failed", MethodCall.to(NAME, OBJECT, INTERFACE, "Lie"));
    ErrorReplyException asked =
        assertInstanceOf(
            ErrorReplyException.class,
            failure(bus.call(MethodCall.to(NAME, OBJECT, INTERFACE, "Fail"))));
    assertEquals("org.sluice.test.Error: as asked", asked.getMessage());

    assertEquals(
        Map.of("Name", DBusValue.text("grüß"), "Level", new DBusValue.U32(3)),
        get(bus.properties(NAME, OBJECT, INTERFACE)).values());
    Told told = new Told();
    bus.subscribe(SignalRule.propertiesChanged(NAME, OBJECT), told);
    told.expect("read anew STARTED");
    MethodCall set = MethodCall.to(NAME, OBJECT, Names.PROPERTIES, "Set");
    DBusValue ours = DBusValue.text(INTERFACE);
    get(bus.call(set.with(ours, DBusValue.text("Level"), DBusValue.variant(new DBusValue.U32(9)))));
    assertEquals(new DBusValue.U32(9), level.get());
    object.changed(INTERFACE, "Level");
    told.expect("signal PropertiesChanged " + INTERFACE);
    DBusValue text = DBusValue.variant(DBusValue.text("x"));
    error("InvalidArgs", set.with(ours, DBusValue.text("Level"), text));
    error("PropertyReadOnly", set.with(ours, DBusValue.text("Name"), text));
    error("UnknownProperty", set.with(ours, DBusValue.text("None"), text));
    error("UnknownMethod", set.with(ours));
    error(
        "UnknownInterface",
        MethodCall.to(NAME, OBJECT, Names.PROPERTIES, "GetAll").with(DBusValue.text("a.B")));
    get(bus.call(MethodCall.to(NAME, OBJECT, Names.PEER, "Ping")));
    String above =
        get(bus.call(
                MethodCall.to(NAME, new ObjectPath("/org"), Names.INTROSPECTABLE, "Introspect")))
            .text(0)
            .orElseThrow();
    assertTrue(above.contains("<node name=\"sluice\"/>"), above);
    object.close();
    error("UnknownObject", join);
  }

  @Test
  void busctlAndDbusSendUnderstandUs() throws Exception {
    assumeTrue(PrivateDaemon.installed("busctl"), "busctl is not installed");
    Bus server = other();
    own(server, NAME);
    Exports.export(
        server,
        List.of(
            new ExportedMethod(
                "Echo",
                List.of(new Parameter("in", "a{sv}")),
                List.of(new Parameter("out", "a{sv}")),
                call -> CompletableFuture.completedStage(call.arguments()))),
        List.of(new ExportedProperty("Name", "s", () -> DBusValue.text("grüß"))));
    String path = OBJECT.value();
    assertEquals(
        "a{sv} 2 \"a\" i 7 \"b\" as 1 \"c\"\n",
        daemon.run(
            "busctl", "call", NAME, path, INTERFACE, "Echo", "a{sv}", "2", "a", "i", "7", "b", "as",
            "1", "c"));
    // It writes what is not ASCII in octal.
    assertEquals(
        "s \"gr\\303\\274\\303\\237\"\n",
        daemon.run("busctl", "get-property", NAME, path, INTERFACE, "Name"));
    String shown = daemon.run("busctl", "introspect", NAME, path);
    assertTrue(shown.contains(".Echo"), shown);
    assertTrue(shown.contains(".Tick"), shown);
    assertTrue(daemon.run("busctl", "tree", "--list", NAME).contains(path));
    if (PrivateDaemon.installed("dbus-send")) {
      String answer =
          daemon.run(
              "dbus-send",
              "--print-reply",
              "--dest=" + NAME,
              path,
              Names.PROPERTIES + ".Get",
              "string:" + INTERFACE,
              "string:Name");
      assertTrue(answer.contains("string \"grüß\""), answer);
      assertTrue(
          daemon
              .run("dbus-send", "--print-reply", "--dest=" + NAME, path, INTERFACE + ".None")
              .startsWith("Error org.freedesktop.DBus.Error.UnknownMethod"));
    }
  }

  // --- sharing and the end ---

  @Test
  void oneConnectionForAll() throws Exception {
    Bus second = buses.open("second", daemon.address());
    connected(second);
    assertEquals(bus.uniqueName(), second.uniqueName());
    assertEquals(List.of("dbus/io", "dbus/second", "dbus/test"), threads());
    Told told = new Told();
    second.subscribe(SignalRule.fromAnybody().path(OBJECT), told);
    told.expect("read anew STARTED");
    CompletableFuture<Body> pending = second.call(Exports.never(other()));
    second.close();
    assertInstanceOf(DisconnectedException.class, failure(pending));
    assertInstanceOf(DisconnectedException.class, failure(second.call(ofBus("ListNames"))));
    assertFalse(threads().contains("dbus/second"));
    assertFalse(get(bus.call(ofBus("ListNames"))).list(0).isEmpty());
    bus.close();
    others.deactivate();
    assertEquals(List.of(), threads());
  }

  @Test
  void openedAndClosedManyTimes() throws Exception {
    bus.close();
    for (int i = 0; i < 100; i++) {
      Bus again = buses.open("again", daemon.address());
      again.watch(NAME, (_, _) -> {});
      again.subscribe(SignalRule.from(NAME), new Told());
      again.close();
      assertEquals(List.of(), threads());
    }
  }

  @Test
  void closingFromWithin() throws Exception {
    CompletableFuture<Void> closed = bus.call(ofBus("ListNames")).thenAccept(_ -> bus.close());
    get(closed);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!threads().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(List.of(), threads());
  }

  /** The words of the first argument with the second between them, and how many they are. */
  private static CompletableFuture<Body> join(Invocation call) {
    Body arguments = call.arguments();
    List<String> words = arguments.list(0).stream().map(word -> word.asText().orElse("")).toList();
    String joined = String.join(arguments.text(1).orElse(""), words);
    return CompletableFuture.completedFuture(
        Body.of(DBusValue.text(joined), new DBusValue.U32(words.size())));
  }

  /** A connection of its own. */
  private Bus other() throws Exception {
    Bus other = others.open("other", daemon.address());
    connected(other);
    return other;
  }

  private static Registration own(Bus server, String name) throws Exception {
    Told told = new Told();
    Registration owned = server.own(name, told);
    told.expect("ownership OWNED");
    return owned;
  }

  /** Takes a name over from a connection, which is closed for it, but not its socket. */
  private static void own(Bus heir, String name, Optional<Bus> from) throws Exception {
    Told told = new Told();
    heir.own(name, told);
    told.expect("ownership QUEUED");
    MethodCall release = ofBus("ReleaseName").with(DBusValue.text(name));
    assertEquals(1, get(from.orElseThrow().call(release)).number(0).orElseThrow());
    told.expect("ownership OWNED");
  }

  private static void connected(Bus bus) throws Exception {
    CountDownLatch stands = new CountDownLatch(1);
    Registration listening =
        bus.listen(
            new BusListener() {
              @Override
              public void connected(String uniqueName) {
                stands.countDown();
              }

              @Override
              public void disconnected(String why) {
                // It is tried again.
              }
            });
    assertTrue(stands.await(20, TimeUnit.SECONDS));
    listening.close();
  }

  private static MethodCall ofBus(String member) {
    return MethodCall.to(Names.BUS, BUS_PATH, Names.BUS, member);
  }

  private void error(String name, MethodCall call) throws Exception {
    ErrorReplyException error =
        assertInstanceOf(ErrorReplyException.class, failure(bus.call(call)));
    assertEquals("org.freedesktop.DBus.Error." + name, error.name(), error.text());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static DBusException failure(CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(future));
    return assertInstanceOf(DBusException.class, e.getCause());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("dbus/"))
        .sorted()
        .toList();
  }
}
