// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.OwnershipListener.Ownership;

/**
 * The connection to one bus, shared by leases. Owns the thread {@code dbus/io}, which alone touches
 * the socket. Everything else is guarded by one lock that is never held while a user is called:
 * what users are to be told is posted to the threads of their leases.
 */
final class BusConnection implements Session.Receiver {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final ObjectPath BUS_PATH = new ObjectPath("/org/freedesktop/DBus");
  private static final Duration BUS_TIMEOUT = Duration.ofSeconds(25);
  private static final Duration GREETING = Duration.ofSeconds(15);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration STABLE = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(5);

  private static final int LONGEST_TEXT = 4096;

  private final BusAddress address;
  private final Selector selector;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closing;

  // Guarded by the lock.
  private final PendingCalls calls = new PendingCalls();
  private final Map<String, TrackedName> names = new HashMap<>();
  private final Map<String, ClaimedName> claims = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final List<ConnectionWatch> watches = new ArrayList<>();
  private final ObjectTree objects = new ObjectTree();
  private IncomingCalls incoming = new IncomingCalls();
  private @Nullable Session session;
  private @Nullable String uniqueName;
  private @Nullable String down;

  BusConnection(BusAddress address) {
    this.address = address;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for a connection to " + address, e);
    }
    this.thread = Thread.ofPlatform().name("dbus/io").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Ends the connection and waits for its thread. */
  void close() {
    closing = true;
    selector.wakeup();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(END)) {
        LOG.log(System.Logger.Level.ERROR, "the thread dbus/io does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- what leases ask ---

  Optional<String> uniqueName() {
    lock.lock();
    try {
      return Optional.ofNullable(uniqueName);
    } finally {
      lock.unlock();
    }
  }

  Optional<String> ownerOf(String name) {
    lock.lock();
    try {
      TrackedName tracked = names.get(name);
      return tracked == null ? Optional.empty() : Optional.ofNullable(tracked.owner());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a call.
   *
   * @return why it was not sent; then its handler is not called. Or null.
   */
  @Nullable DBusException call(
      BusLease lease, MethodCall call, Outgoing message, ReplyHandler handler) {
    lock.lock();
    try {
      if (!lease.open()) {
        return new DisconnectedException(call + ": this share of the bus was closed");
      }
      if (uniqueName == null) {
        return new DisconnectedException(
            call + ": " + (down == null ? "not connected to " + address + " yet" : down));
      }
      return send(lease, call.toString(), call.destination(), call.timeout(), message, handler);
    } finally {
      lock.unlock();
    }
  }

  void add(ConnectionWatch watch) {
    lock.lock();
    try {
      watches.add(watch);
      tellAgain(watch);
    } finally {
      lock.unlock();
    }
  }

  void tellAgain(ConnectionWatch watch) {
    lock.lock();
    try {
      if (uniqueName != null) {
        watch.connected(uniqueName);
      } else if (down != null) {
        watch.disconnected(down);
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(ConnectionWatch watch) {
    lock.lock();
    try {
      watches.remove(watch);
    } finally {
      lock.unlock();
    }
  }

  void add(NameWatch watch) {
    lock.lock();
    try {
      track(watch.name()).add(watch);
      if (uniqueName == null) {
        watch.tell(Optional.empty());
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(NameWatch watch) {
    lock.lock();
    try {
      TrackedName name = names.get(watch.name());
      if (name != null) {
        name.remove(watch);
        forgetIfUnused(name);
      }
    } finally {
      lock.unlock();
    }
  }

  void add(Subscription subscription) {
    lock.lock();
    try {
      subscriptions.add(subscription);
      subscription.rule().sender().filter(BusConnection::followed).map(this::track).stream()
          .forEach(TrackedName::subscribed);
      if (uniqueName != null) {
        putInForce(subscription);
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(Subscription subscription) {
    lock.lock();
    try {
      if (!subscriptions.remove(subscription)) {
        return;
      }
      if (uniqueName != null) {
        bus("RemoveMatch", new DBusValue.Str(subscription.rule().text()), Ignored.INSTANCE);
      }
      TrackedName name = names.get(subscription.rule().sender().orElse(""));
      if (name != null) {
        name.unsubscribed();
        forgetIfUnused(name);
      }
    } finally {
      lock.unlock();
    }
  }

  void add(NameClaim claim) {
    lock.lock();
    try {
      ClaimedName name = claims.get(claim.name());
      if (name == null) {
        name = new ClaimedName(claim.name());
        claims.put(claim.name(), name);
        if (uniqueName != null) {
          request(name);
        }
      }
      name.add(claim);
    } finally {
      lock.unlock();
    }
  }

  void tellAgain(NameClaim claim) {
    lock.lock();
    try {
      ClaimedName name = claims.get(claim.name());
      if (name != null) {
        name.tellAgain(claim);
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(NameClaim claim) {
    lock.lock();
    try {
      ClaimedName name = claims.get(claim.name());
      if (name == null) {
        return;
      }
      name.remove(claim);
      if (name.unused()) {
        claims.remove(name.name());
        if (uniqueName != null) {
          bus("ReleaseName", new DBusValue.Str(name.name()), Ignored.INSTANCE);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void add(ObjectNode object) {
    lock.lock();
    try {
      objects.add(object);
    } finally {
      lock.unlock();
    }
  }

  void remove(ObjectNode object) {
    lock.lock();
    try {
      objects.remove(object);
    } finally {
      lock.unlock();
    }
  }

  /** Sends what needs no answer; without a connection it is lost. */
  void send(Outgoing message) {
    lock.lock();
    try {
      if (uniqueName != null) {
        post(message.numbered(calls.nextSerial()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends everything that a lease asked for. */
  void remove(BusLease lease) {
    lock.lock();
    try {
      lease.registrations().forEach(Registration::close);
      DisconnectedException why = new DisconnectedException("this share of the bus was closed");
      calls.takeOf(lease).forEach(call -> call.handler().failed(why));
    } finally {
      lock.unlock();
    }
  }

  /** Answers a call that was taken from {@link IncomingCalls}, if its caller is still there. */
  void answer(IncomingCalls of, Message call, Outgoing answer) {
    lock.lock();
    try {
      if (of == incoming) {
        incoming.leave(call);
        if (call.header().wantsReply()) {
          send(answer);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  // --- the thread ---

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closing) {
      long start = System.nanoTime();
      disconnected(serve());
      boolean stable = System.nanoTime() - start > STABLE.toNanos();
      pause(stable ? FIRST_PAUSE : pause);
      pause = stable ? FIRST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
    }
    disconnected("the connection was closed");
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a selector", e);
    }
  }

  /** One connection, from its beginning to its end; tells why it ended. */
  private String serve() {
    try (Session opened = Session.open(address, selector)) {
      lock.lock();
      try {
        session = opened;
        opened.flush();
      } finally {
        lock.unlock();
      }
      long greeted = System.nanoTime() + GREETING.toNanos();
      while (!closing) {
        selector.select(untilNext(greeted));
        selector.selectedKeys().clear();
        opened.receive(this);
        lock.lock();
        try {
          expire();
          opened.flush();
        } finally {
          lock.unlock();
        }
        if (uniqueName().isEmpty() && System.nanoTime() - greeted > 0) {
          return address + ": the bus does not greet";
        }
      }
      return "the connection was closed";
    } catch (IOException | MalformedMessageException e) {
      return address + ": " + e.getMessage();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the connection to " + address + " failed", e);
      return address + ": " + e;
    }
  }

  private long untilNext(long greeted) {
    lock.lock();
    try {
      long now = System.nanoTime();
      OptionalLong call = calls.untilNext(now);
      long nanos = call.orElse(Long.MAX_VALUE);
      if (uniqueName == null) {
        nanos = Math.min(nanos, Math.max(0, greeted - now));
      }
      // Rounded up; 0 would wait without end.
      return nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toMillis(); left > 0 && !closing; ) {
      try {
        selector.select(left);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "waiting before the next connection", e);
      }
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public void authenticated() {
    lock.lock();
    try {
      bus(
          "Hello",
          null,
          new Asked() {
            @Override
            void answered(Body reply) {
              reply.text(0).ifPresent(BusConnection.this::connected);
            }

            @Override
            public void failed(DBusException why) {
              // A lost connection is told to all in its turn.
              if (!(why instanceof DisconnectedException)) {
                LOG.log(System.Logger.Level.WARNING, "{0}: {1}", address, why.getMessage());
              }
            }
          });
    } finally {
      lock.unlock();
    }
  }

  private void connected(String name) {
    LOG.log(System.Logger.Level.DEBUG, "connected to {0} as {1}", address, name);
    uniqueName = name;
    down = null;
    incoming = new IncomingCalls();
    watches.forEach(watch -> watch.connected(name));
    names.values().forEach(this::ask);
    subscriptions.forEach(this::putInForce);
    claims.values().forEach(this::request);
  }

  private void disconnected(String why) {
    lock.lock();
    try {
      boolean first = down == null;
      session = null;
      uniqueName = null;
      down = why;
      DisconnectedException gone = new DisconnectedException(why);
      calls.takeAll().forEach(call -> call.handler().failed(gone));
      if (!first) {
        return;
      }
      LOG.log(System.Logger.Level.DEBUG, "{0}", why);
      names.values().forEach(TrackedName::disconnected);
      claims.values().forEach(claim -> claim.set(Ownership.LOST, why));
      subscriptions.forEach(Subscription::disconnected);
      watches.forEach(watch -> watch.disconnected(why));
    } finally {
      lock.unlock();
    }
  }

  private void expire() {
    for (PendingCall call : calls.takeExpired(System.nanoTime())) {
      call.handler().failed(new CallTimeoutException(call.what() + ": no answer in time"));
    }
  }

  // --- what comes in ---

  @Override
  public void frame(Framer.Frame frame) {
    lock.lock();
    try {
      switch (frame) {
        case Framer.Complete complete -> take(complete.message());
        case Framer.Refused refused -> refuse(refused.why(), refused.header());
      }
    } finally {
      lock.unlock();
    }
  }

  private void refuse(String why, @Nullable Header header) {
    LOG.log(
        System.Logger.Level.WARNING,
        "dropped a message of {0}: {1}",
        header == null ? "somebody" : header.senderOrEmpty(),
        why);
    if (header == null) {
      return;
    }
    if (header.kind() == MessageKind.CALL && header.wantsReply()) {
      send(failure(header, ErrorReplyException.standard("LimitsExceeded", why)));
    } else if (header.replyTo() != 0) {
      PendingCall call = expected(header);
      if (call != null) {
        call.handler().failed(new LimitException(call.what() + ": the answer: " + why));
      }
    }
  }

  private void take(Message message) {
    Header header = message.header();
    String destination = header.destination();
    boolean forUs = destination == null || uniqueName == null || destination.equals(uniqueName);
    switch (header.kind()) {
      // The bus delivers calls to a name to its owner, which is us, and leaves the name in them.
      case CALL -> called(message);
      case REPLY, ERROR -> {
        PendingCall call = forUs ? expected(header) : null;
        if (call == null) {
          LOG.log(
              System.Logger.Level.DEBUG,
              "dropped an answer of {0} that nobody waits for",
              header.senderOrEmpty());
        } else if (header.kind() == MessageKind.ERROR) {
          call.handler().failed(message.error());
        } else {
          call.handler().reply(message);
        }
      }
      case SIGNAL -> {
        if (forUs) {
          signalled(message);
        }
      }
      case UNKNOWN -> {
        // The specification has unknown kinds ignored.
      }
    }
  }

  /** The call that this message answers, taken out; null when it answers none. */
  private @Nullable PendingCall expected(Header reply) {
    PendingCall call = calls.get(reply.replyTo());
    if (call == null) {
      return null;
    }
    TrackedName tracked = names.get(call.destination());
    if (!call.answeredBy(reply, tracked == null ? null : tracked.owner())) {
      return null;
    }
    calls.remove(call);
    return call;
  }

  private void signalled(Message message) {
    String sender = message.header().senderOrEmpty();
    if (sender.equals(Names.BUS) && Names.BUS.equals(message.header().interfaceName())) {
      ofTheBus(message);
    }
    for (Subscription subscription : subscriptions) {
      if (subscription.inForce()
          && isFrom(sender, subscription.rule())
          && subscription.rule().fits(message)) {
        subscription.signal(message);
      }
    }
  }

  private boolean isFrom(String sender, SignalRule rule) {
    if (rule.sender().isEmpty()) {
      return true;
    }
    String wanted = rule.sender().get();
    TrackedName tracked = names.get(wanted);
    return followed(wanted)
        ? tracked != null && sender.equals(tracked.owner())
        : sender.equals(wanted);
  }

  private void ofTheBus(Message message) {
    String member = String.valueOf(message.header().member());
    if (!member.startsWith("Name")) {
      return;
    }
    Body body;
    try {
      body = message.body();
    } catch (MalformedMessageException e) {
      LOG.log(System.Logger.Level.WARNING, "the bus sent a malformed {0}", member, e);
      return;
    }
    String name = body.text(0).orElse("");
    switch (member) {
      case "NameOwnerChanged" -> {
        TrackedName tracked = names.get(name);
        if (tracked != null) {
          tracked.owned(body.text(2).filter(owner -> !owner.isEmpty()).orElse(null));
        }
      }
      case "NameAcquired" -> owned(name, Ownership.OWNED);
      case "NameLost" -> owned(name, Ownership.LOST);
      default -> {}
    }
  }

  private void owned(String name, Ownership ownership) {
    ClaimedName claimed = claims.get(name);
    if (claimed != null) {
      claimed.set(ownership, "the bus says so");
    }
  }

  // --- calls of others ---

  private void called(Message message) {
    Header header = message.header();
    ObjectPath path = header.path();
    if (path == null || header.sender() == null) {
      return;
    }
    Outgoing own = objects.answer(header, path);
    ObjectNode object = objects.at(path);
    if (own != null) {
      if (header.wantsReply()) {
        send(own);
      }
    } else if (object == null) {
      turnAway(header, "UnknownObject", "there is no object " + Names.quoted(path.value()));
    } else if (!incoming.enter(message)) {
      turnAway(header, "LimitsExceeded", "too many calls are waiting; try again later");
    } else {
      IncomingCalls of = incoming;
      object.called(message, answer -> answer(of, message, answer));
    }
  }

  private void turnAway(Header call, String error, String text) {
    if (call.wantsReply()) {
      send(failure(call, ErrorReplyException.standard(error, text)));
    }
  }

  static Outgoing failure(Header call, ErrorReplyException error) {
    return Outgoing.of(
        call.answer(error.name()), Body.of(new DBusValue.Str(sendable(error.text()))));
  }

  /** Whatever an exception says, its text must not keep the answer from being sent. */
  private static String sendable(String text) {
    String shortened = text.substring(0, Math.min(text.length(), LONGEST_TEXT)).replace('\0', '?');
    return new String(shortened.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  // --- what is asked of the bus itself; under the lock ---

  /** Whether the owner of this name has to be followed. */
  private static boolean followed(String sender) {
    return !Names.unique(sender) && !sender.equals(Names.BUS);
  }

  private TrackedName track(String name) {
    TrackedName tracked = names.get(name);
    if (tracked == null) {
      tracked = new TrackedName(name);
      names.put(name, tracked);
      if (uniqueName != null) {
        ask(tracked);
      }
    }
    return tracked;
  }

  private void forgetIfUnused(TrackedName name) {
    if (name.unused() && names.remove(name.name()) != null && uniqueName != null) {
      bus("RemoveMatch", new DBusValue.Str(name.rule()), Ignored.INSTANCE);
    }
  }

  /** First hears of changes, then asks how it is: so nothing falls between. */
  private void ask(TrackedName name) {
    bus("AddMatch", new DBusValue.Str(name.rule()), Ignored.INSTANCE);
    bus(
        "GetNameOwner",
        new DBusValue.Str(name.name()),
        new Asked() {
          @Override
          void answered(Body reply) {
            name.owned(reply.text(0).orElse(null));
          }

          @Override
          public void failed(DBusException why) {
            // NameHasNoOwner is the usual answer; a lost connection is told to all in its turn.
            if (!(why instanceof DisconnectedException)) {
              name.owned(null);
            }
          }
        });
  }

  private void putInForce(Subscription subscription) {
    bus(
        "AddMatch",
        new DBusValue.Str(subscription.rule().text()),
        new Asked() {
          @Override
          void answered(Body reply) {
            if (!subscription.closed()) {
              subscription.comeIntoForce();
            }
          }

          @Override
          public void failed(DBusException why) {
            if (!(why instanceof DisconnectedException)) {
              subscription.refused(why);
            }
          }
        });
  }

  private void request(ClaimedName name) {
    bus(
        "RequestName",
        new DBusValue.Str(name.name()),
        new Asked() {
          @Override
          void answered(Body reply) {
            long code = reply.number(0).orElse(0);
            if (code == 1 || code == 4) {
              name.set(Ownership.OWNED, "the bus says so");
            } else if (code == 2) {
              name.set(Ownership.QUEUED, "somebody else owns it");
            }
          }

          @Override
          public void failed(DBusException why) {
            if (!(why instanceof DisconnectedException)) {
              name.set(Ownership.REFUSED, String.valueOf(why.getMessage()));
            }
          }
        });
  }

  private void bus(String member, @Nullable DBusValue argument, ReplyHandler handler) {
    Header header = Header.call(0, Names.BUS, BUS_PATH, Names.BUS, member);
    Body body =
        switch (member) {
          case "Hello" -> Body.EMPTY;
          case "RequestName" ->
              new Body(List.of(java.util.Objects.requireNonNull(argument), new DBusValue.U32(0)));
          default -> new Body(List.of(java.util.Objects.requireNonNull(argument)));
        };
    String what = Names.BUS + " " + member;
    Outgoing message = Outgoing.of(header, body);
    DBusException unsent = send(null, what, Names.BUS, BUS_TIMEOUT, message, handler);
    if (unsent != null) {
      handler.failed(unsent);
    }
  }

  private @Nullable DBusException send(
      @Nullable BusLease lease,
      String what,
      String destination,
      Duration timeout,
      Outgoing message,
      ReplyHandler handler) {
    // What the connection asks for itself is bounded by what was registered.
    if (lease != null && calls.full()) {
      return new LimitException(what + ": " + PendingCalls.MOST + " calls have no answer yet");
    }
    int serial = calls.nextSerial();
    if (!post(message.numbered(serial))) {
      return new LimitException(what + ": the bus does not read what is sent to it");
    }
    TrackedName tracked = names.get(destination);
    calls.add(
        new PendingCall(
            serial,
            what,
            destination,
            tracked == null ? null : tracked.owner(),
            System.nanoTime() + timeout.toNanos(),
            lease,
            handler));
    return null;
  }

  private boolean post(Outgoing message) {
    if (session == null || !session.enqueue(message)) {
      return false;
    }
    if (Thread.currentThread() != thread) {
      selector.wakeup();
    }
    return true;
  }

  /** An answer whose values are read at once. */
  private abstract static class Asked implements ReplyHandler {
    abstract void answered(Body reply);

    @Override
    public void reply(Message message) {
      try {
        answered(message.body());
      } catch (MalformedMessageException e) {
        failed(e);
      }
    }
  }

  /** For what the bus is told, not asked. */
  private static final class Ignored extends Asked {
    static final Ignored INSTANCE = new Ignored();

    @Override
    void answered(Body reply) {
      // Nothing was asked.
    }

    @Override
    public void failed(DBusException why) {
      LOG.log(System.Logger.Level.DEBUG, "the bus: {0}", why.getMessage());
    }
  }
}
