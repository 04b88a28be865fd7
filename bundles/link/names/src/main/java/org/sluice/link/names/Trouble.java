// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import org.sluice.dbus.CallTimeoutException;
import org.sluice.dbus.DBusException;
import org.sluice.dbus.DisconnectedException;
import org.sluice.dbus.ErrorReplyException;

/** Something that was tried and did not work, with what to do about it. */
final class Trouble extends Exception {
  private static final long serialVersionUID = 1L;

  /** What has gone wrong, as far as it makes a difference. */
  enum Kind {
    /** Nobody is there to be told. */
    ABSENT,
    /** This process may not. */
    REFUSED,
    /** networkd manages the link. */
    BUSY,
    /** The link is gone. */
    NO_LINK,
    OTHER
  }

  private final Kind kind;
  private final String remedy;

  private Trouble(Kind kind, String text, String remedy) {
    super(text);
    this.kind = kind;
    this.remedy = remedy;
  }

  static Trouble of(String tried, String service, String actions, DBusException cause) {
    return switch (cause) {
      case ErrorReplyException reply -> of(tried, service, actions, reply);
      case DisconnectedException gone ->
          new Trouble(
              Kind.ABSENT,
              tried + ": no system bus: " + gone.getMessage(),
              "start the system bus: systemctl start dbus");
      case CallTimeoutException late ->
          new Trouble(
              Kind.OTHER,
              tried + ": " + service + " does not answer",
              "look at: systemctl status " + service);
      default ->
          new Trouble(
              Kind.OTHER, tried + ": " + cause.getMessage(), "look at: journalctl -u " + service);
    };
  }

  private static Trouble of(
      String tried, String service, String actions, ErrorReplyException reply) {
    String name = reply.name().substring(reply.name().lastIndexOf('.') + 1);
    String text = tried + ": " + service + " said " + name + " \"" + reply.text() + "\"";
    return switch (name) {
      case "AccessDenied", "InteractiveAuthorizationRequired", "NotAuthorized" ->
          new Trouble(
              Kind.REFUSED,
              text,
              "allow the user of this process "
                  + actions
                  + " by a rule of polkit, and the call by the policy of the bus; docs/names.md"
                  + " tells how");
      case "LinkBusy" -> new Trouble(Kind.BUSY, text, "");
      case "NoSuchLink" -> new Trouble(Kind.NO_LINK, text, "");
      case "ServiceUnknown", "NameHasNoOwner", "ChildExited", "NoReply" ->
          new Trouble(
              Kind.ABSENT,
              tried + ": " + service + " does not run",
              "start it: systemctl start " + service);
      default -> new Trouble(Kind.OTHER, text, "look at: journalctl -u " + service);
    };
  }

  Kind kind() {
    return kind;
  }

  String remedy() {
    return remedy;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
