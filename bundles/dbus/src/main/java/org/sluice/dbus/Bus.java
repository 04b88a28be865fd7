// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One user's share of a connection to a message bus.
 *
 * <p><b>Threads.</b> Every method may be called from any thread and returns at once; only {@link
 * #close} may wait. Everything that is told — listeners, handlers, what depends on the future of a
 * call — is told on the one thread of this share, {@code dbus/<user>}, in the order in which the
 * bus said it: who gets a reply has been told every signal that the bus sent before it. Who waits
 * for a future on this thread would wait for himself, and gets an {@link IllegalStateException}.
 * Who takes long there delays nobody but himself.
 *
 * <p><b>The connection</b> is made in the background, again and again until it stands, and made
 * anew whenever it breaks, until this share is closed. Calls without a connection fail at once;
 * registrations wait for it and are put in force on every new one.
 *
 * <p><b>Failure.</b> What a listener throws is logged and changes nothing for anybody. Arguments
 * that break the D-Bus specification are an {@link IllegalArgumentException} on the spot.
 */
@ProviderType
public interface Bus extends AutoCloseable {

  /** The name of the connection, such as {@code :1.42}; empty while there is none. */
  Optional<String> uniqueName();

  /** Tells when the connection stands and when it broke; at first how it is now. */
  Registration listen(BusListener listener);

  /**
   * Calls a method. The future is completed with the values of the reply or with a {@link
   * DBusException}, within the timeout of the call.
   */
  CompletableFuture<Body> call(MethodCall call);

  /** All properties of an interface, by {@code org.freedesktop.DBus.Properties.GetAll}. */
  CompletableFuture<VariantMap> properties(String destination, ObjectPath path, String ofInterface);

  /**
   * Who is behind a connection, as the bus knows it from the kernel.
   *
   * @param name of the connection, such as {@link Invocation#sender}
   */
  CompletableFuture<Credentials> credentials(String name);

  /** Hears the signals that fit a rule. */
  Registration subscribe(SignalRule rule, SignalListener listener);

  /** Tells who owns a well-known name, at first who does now, and each time that it changes. */
  Registration watch(String name, NameListener listener);

  /** Wants a well-known name; waits in the queue of the bus while somebody else has it. */
  Registration own(String name, OwnershipListener listener);

  /**
   * Offers an object to others. It answers {@code org.freedesktop.DBus.Peer}, {@code
   * Introspectable} and {@code Properties} too.
   *
   * @param policy asked before every call, except of {@code Peer} and {@code Introspectable}
   * @throws IllegalStateException when the connection exports something at this path already
   */
  ExportedObject export(ObjectPath path, AccessPolicy policy, List<ExportedInterface> interfaces);

  /**
   * Ends every registration and every pending call of this share, and its thread. When it returns,
   * nothing more is told, unless a listener does not return within a few seconds, which is logged.
   * The connection is ended with its last share.
   */
  @Override
  void close();
}
