// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One user's share of a {@link BusConnection}; owns his thread and knows what he asked for. */
final class BusLease implements Bus {
  /** Replies that were received and not yet taken. */
  private static final long MOST_WAITING = 64L * 1024 * 1024;

  private static final ObjectPath BUS_PATH = new ObjectPath("/org/freedesktop/DBus");

  private final BusConnection connection;
  private final CallTally tally;
  private final Consumer<Bus> ending;
  private final Deliverer deliverer;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param ending told once, when this share has ended
   */
  BusLease(BusConnection connection, String user, CallTally tally, Consumer<Bus> ending) {
    this.connection = connection;
    this.tally = tally;
    this.ending = ending;
    this.deliverer = new Deliverer(user);
  }

  void start() {
    deliverer.start();
  }

  Deliverer deliverer() {
    return deliverer;
  }

  boolean open() {
    return !closed.get();
  }

  Collection<Registration> registrations() {
    return List.copyOf(registrations);
  }

  @Override
  public Optional<String> uniqueName() {
    return connection.uniqueName();
  }

  @Override
  public Registration listen(BusListener listener) {
    ConnectionWatch watch = new ConnectionWatch(connection, this, listener);
    connection.add(watch);
    return kept(watch);
  }

  @Override
  public CompletableFuture<Body> call(MethodCall call) {
    int flags = call.autoStart() ? 0 : Header.NO_AUTO_START;
    Outgoing message =
        Outgoing.of(
            Header.call(
                flags, call.destination(), call.path(), call.interfaceName(), call.member()),
            call.arguments());
    CallFuture<Body> future = new CallFuture<>(deliverer);
    tally.made(call);
    DBusException unsent = connection.call(this, call, message, new Completion(call, future));
    if (unsent != null) {
      tally.failed(call);
      future.completeExceptionally(unsent);
    }
    return future;
  }

  @Override
  public CompletableFuture<VariantMap> properties(
      String destination, ObjectPath path, String ofInterface) {
    return call(MethodCall.to(destination, path, Names.PROPERTIES, "GetAll")
            .with(new DBusValue.Str(Names.checkInterface(ofInterface))))
        .thenApply(reply -> reply.map(0));
  }

  @Override
  public CompletableFuture<Credentials> credentials(String name) {
    return call(MethodCall.to(Names.BUS, BUS_PATH, Names.BUS, "GetConnectionCredentials")
            .with(new DBusValue.Str(Names.checkBusName(name))))
        .thenApply(reply -> Credentials.of(reply.map(0)));
  }

  @Override
  public Registration subscribe(SignalRule rule, SignalListener listener) {
    Subscription subscription = new Subscription(connection, this, rule, listener);
    connection.add(subscription);
    return kept(subscription);
  }

  @Override
  public Registration watch(String name, NameListener listener) {
    NameWatch watch = new NameWatch(connection, this, Names.checkWellKnown(name), listener);
    connection.add(watch);
    return kept(watch);
  }

  @Override
  public Registration own(String name, OwnershipListener listener) {
    NameClaim claim = new NameClaim(connection, this, Names.checkWellKnown(name), listener);
    connection.add(claim);
    return kept(claim);
  }

  @Override
  public ExportedObject export(
      ObjectPath path, AccessPolicy policy, List<ExportedInterface> interfaces) {
    ObjectNode object = new ObjectNode(connection, this, path, policy, interfaces);
    connection.add(object);
    kept(object);
    return object;
  }

  void forget(Registration registration) {
    registrations.remove(registration);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      connection.remove(this);
      ending.accept(this);
      deliverer.close();
    }
  }

  private Registration kept(Registration registration) {
    registrations.add(registration);
    if (closed.get()) {
      registration.close();
    }
    return registration;
  }

  /** Hands the result of a call over to the thread of the user. */
  private final class Completion implements ReplyHandler {
    private final MethodCall call;
    private final CompletableFuture<Body> future;

    Completion(MethodCall call, CompletableFuture<Body> future) {
      this.call = call;
      this.future = future;
    }

    @Override
    public void reply(Message message) {
      if (!deliverer.post(message.size(), MOST_WAITING, () -> complete(message))) {
        failed(new LimitException(call + ": more than " + MOST_WAITING + " bytes of answers wait"));
      }
    }

    @Override
    public void failed(DBusException why) {
      tally.failed(call);
      deliverer.post(() -> future.completeExceptionally(why));
    }

    private void complete(Message message) {
      try {
        future.complete(message.body());
      } catch (MalformedMessageException e) {
        future.completeExceptionally(
            new MalformedMessageException(call + ": the answer: " + e.getMessage()));
      }
    }
  }
}
