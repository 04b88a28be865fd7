// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Optional;

/**
 * Which signals are wanted; what is empty fits everything.
 *
 * @param sender well-known name, followed from owner to owner, or unique name. The signals of
 *     everybody else are dropped on this side too. Without it anybody on the bus can forge what
 *     fits the rest.
 * @param path of the object, or empty
 * @param below of the object or one above it, or empty; not together with a path
 * @param arg0 what the first argument must be
 */
public record SignalRule(
    Optional<String> sender,
    Optional<ObjectPath> path,
    Optional<ObjectPath> below,
    Optional<String> interfaceName,
    Optional<String> member,
    Optional<String> arg0) {

  public SignalRule {
    sender.ifPresent(Names::checkBusName);
    interfaceName.ifPresent(Names::checkInterface);
    member.ifPresent(Names::checkMember);
    if (path.isPresent() && below.isPresent()) {
      throw new IllegalArgumentException("either a path or a path above, not both");
    }
    if (arg0.isPresent() && arg0.get().indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text cannot hold U+0000");
    }
  }

  /** All signals of this sender. */
  public static SignalRule from(String sender) {
    return new SignalRule(
        Optional.of(sender),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Signals of anybody: to watch, not to believe. */
  public static SignalRule fromAnybody() {
    return new SignalRule(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** {@code PropertiesChanged} of this sender's objects at or below a path. */
  public static SignalRule propertiesChanged(String sender, ObjectPath below) {
    return from(sender).below(below).member(Names.PROPERTIES, "PropertiesChanged");
  }

  public SignalRule path(ObjectPath path) {
    return new SignalRule(sender, Optional.of(path), Optional.empty(), interfaceName, member, arg0);
  }

  public SignalRule below(ObjectPath path) {
    return new SignalRule(sender, Optional.empty(), Optional.of(path), interfaceName, member, arg0);
  }

  public SignalRule ofInterface(String name) {
    return new SignalRule(sender, path, below, Optional.of(name), member, arg0);
  }

  public SignalRule member(String ofInterface, String name) {
    return new SignalRule(sender, path, below, Optional.of(ofInterface), Optional.of(name), arg0);
  }

  public SignalRule arg0(String text) {
    return new SignalRule(sender, path, below, interfaceName, member, Optional.of(text));
  }

  /** In the words of {@code AddMatch}. */
  String text() {
    StringBuilder out = new StringBuilder("type='signal'");
    sender.ifPresent(value -> out.append(",sender='").append(value).append('\''));
    path.ifPresent(value -> out.append(",path='").append(value.value()).append('\''));
    below.ifPresent(value -> out.append(",path_namespace='").append(value.value()).append('\''));
    interfaceName.ifPresent(value -> out.append(",interface='").append(value).append('\''));
    member.ifPresent(value -> out.append(",member='").append(value).append('\''));
    arg0.ifPresent(value -> out.append(",arg0='").append(value.replace("'", "'\\''")).append('\''));
    return out.toString();
  }

  /** Everything but the sender, who is known by another name on the wire. */
  boolean fits(Message message) {
    Header header = message.header();
    ObjectPath at = header.path();
    return at != null
        && path.map(at::equals).orElse(true)
        && below.map(above -> above.contains(at)).orElse(true)
        && interfaceName.map(name -> name.equals(header.interfaceName())).orElse(true)
        && member.map(name -> name.equals(header.member())).orElse(true)
        && arg0.map(text -> firstIs(text, message)).orElse(true);
  }

  private static boolean firstIs(String text, Message message) {
    if (!message.header().signature().value().startsWith("s")) {
      return false;
    }
    try {
      DBusValue first =
          new Decoder(message.content().duplicate().order(message.content().order()))
              .value("s", 0, 0);
      return first instanceof DBusValue.Str str && str.value().equals(text);
    } catch (MalformedMessageException e) {
      return false;
    }
  }
}
