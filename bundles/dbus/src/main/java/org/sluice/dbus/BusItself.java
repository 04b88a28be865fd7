// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.OwnershipListener.Ownership;

/**
 * What a connection asks of the bus itself: its name, matches, names and their owners. Guarded by
 * the connection, which also has the answers told under its lock.
 */
final class BusItself {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final ObjectPath PATH = new ObjectPath("/org/freedesktop/DBus");

  private final Line line;

  /** How a question gets to the bus. */
  @FunctionalInterface
  interface Line {

    /**
     * Sends a call.
     *
     * @return why it was not sent; then its handler is not called. Or null.
     */
    @Nullable DBusException send(String what, Outgoing message, ReplyHandler handler);
  }

  BusItself(Line line) {
    this.line = line;
  }

  /**
   * Greets; it has to be the first call.
   *
   * @param named is told the name of the connection
   */
  void hello(BusAddress address, Consumer<String> named) {
    ask(
        "Hello",
        Body.EMPTY,
        new Asked() {
          @Override
          void answered(Body reply) {
            reply.text(0).ifPresent(named);
          }

          @Override
          void refused(DBusException why) {
            LOG.log(System.Logger.Level.WARNING, "{0}: {1}", address, why.getMessage());
          }
        });
  }

  /** First hears of changes, then asks how it is: so nothing falls between. */
  void follow(TrackedName name) {
    tell("AddMatch", text(name.rule()));
    ask(
        "GetNameOwner",
        text(name.name()),
        new Asked() {
          @Override
          void answered(Body reply) {
            name.owned(reply.text(0).orElse(null));
          }

          @Override
          void refused(DBusException why) {
            // NameHasNoOwner is the usual answer.
            name.owned(null);
          }
        });
  }

  void forget(TrackedName name) {
    tell("RemoveMatch", text(name.rule()));
  }

  void putInForce(Subscription subscription) {
    ask(
        "AddMatch",
        text(subscription.rule().text()),
        new Asked() {
          @Override
          void answered(Body reply) {
            if (!subscription.closed()) {
              subscription.comeIntoForce();
            }
          }

          @Override
          void refused(DBusException why) {
            subscription.refused(why);
          }
        });
  }

  void forget(Subscription subscription) {
    tell("RemoveMatch", text(subscription.rule().text()));
  }

  void request(ClaimedName name) {
    ask(
        "RequestName",
        Body.of(DBusValue.text(name.name()), new DBusValue.U32(0)),
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
          void refused(DBusException why) {
            name.set(Ownership.REFUSED, String.valueOf(why.getMessage()));
          }
        });
  }

  void release(ClaimedName name) {
    tell("ReleaseName", text(name.name()));
  }

  private static Body text(String argument) {
    return new Body(List.of(new DBusValue.Str(argument)));
  }

  /** For what the bus is told, not asked. */
  private void tell(String member, Body arguments) {
    ask(
        member,
        arguments,
        new Asked() {
          @Override
          void answered(Body reply) {
            // Nothing was asked.
          }

          @Override
          void refused(DBusException why) {
            LOG.log(System.Logger.Level.DEBUG, "the bus: {0}", why.getMessage());
          }
        });
  }

  private void ask(String member, Body arguments, ReplyHandler handler) {
    Header header = Header.call(0, Names.BUS, PATH, Names.BUS, member);
    DBusException unsent =
        line.send(Names.BUS + " " + member, Outgoing.of(header, arguments), handler);
    if (unsent != null) {
      handler.failed(unsent);
    }
  }

  /** An answer whose values are read at once. */
  private abstract static class Asked implements ReplyHandler {
    abstract void answered(Body reply);

    abstract void refused(DBusException why);

    @Override
    public final void reply(Message message) {
      try {
        answered(message.body());
      } catch (MalformedMessageException e) {
        refused(e);
      }
    }

    /** A lost connection is told to all in its turn. */
    @Override
    public final void failed(DBusException why) {
      if (!(why instanceof DisconnectedException)) {
        refused(why);
      }
    }
  }
}
