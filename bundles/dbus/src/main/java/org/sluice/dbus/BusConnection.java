// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.OwnershipListener.Ownership;

/**
 * The connection to one bus, shared by leases: who wants what of it, who is answered, who is told.
 * Everything is guarded by one lock that is never held while a user is called: what users are to be
 * told is posted to the threads of their leases. The socket is that of the {@link ConnectionLoop}.
 */
final class BusConnection implements ConnectionLoop.Served {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final Duration BUS_TIMEOUT = Duration.ofSeconds(25);
  private static final int LONGEST_TEXT = 4096;

  private final BusAddress address;
  private final ConnectionLoop loop;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final PendingCalls calls = new PendingCalls();
  private final BusItself bus = new BusItself(this::ask);
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
    this.loop = new ConnectionLoop(address, this);
  }

  void start() {
    loop.start();
  }

  /** Ends the connection and waits for its thread. */
  void close() {
    loop.close();
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
        bus.putInForce(subscription);
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
        bus.forget(subscription);
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
          bus.request(name);
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
          bus.release(name);
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

  // --- the connection comes and goes ---

  @Override
  public void opened(Session opened) throws IOException {
    lock.lock();
    try {
      session = opened;
      opened.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void turned(Session opened) throws IOException {
    lock.lock();
    try {
      expire();
      opened.flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public OptionalLong untilNext(long now) {
    lock.lock();
    try {
      return calls.untilNext(now);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean greeted() {
    return uniqueName().isPresent();
  }

  @Override
  public void authenticated() {
    lock.lock();
    try {
      bus.hello(address, this::connected);
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
    names.values().forEach(bus::follow);
    subscriptions.forEach(bus::putInForce);
    claims.values().forEach(bus::request);
  }

  @Override
  public void ended(String why) {
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

  // --- under the lock ---

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
        bus.follow(tracked);
      }
    }
    return tracked;
  }

  private void forgetIfUnused(TrackedName name) {
    if (name.unused() && names.remove(name.name()) != null && uniqueName != null) {
      bus.forget(name);
    }
  }

  /** Asks the bus itself. */
  private @Nullable DBusException ask(String what, Outgoing message, ReplyHandler handler) {
    return send(null, what, Names.BUS, BUS_TIMEOUT, message, handler);
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
    loop.wake();
    return true;
  }
}
