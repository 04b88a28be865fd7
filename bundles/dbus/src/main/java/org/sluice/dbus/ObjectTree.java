// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The exported objects of a connection by their paths; answers what needs none of them: {@code
 * Peer} and {@code Introspectable}. Guarded by its connection.
 */
final class ObjectTree {
  private static final List<Path> MACHINE_ID =
      List.of(Path.of("/etc/machine-id"), Path.of("/var/lib/dbus/machine-id"));

  private final Map<String, ObjectNode> nodes = new TreeMap<>();

  void add(ObjectNode object) {
    if (nodes.putIfAbsent(object.path().value(), object) != null) {
      throw new IllegalStateException(object.path() + " is exported already");
    }
  }

  void remove(ObjectNode object) {
    nodes.remove(object.path().value(), object);
  }

  @Nullable ObjectNode at(ObjectPath path) {
    return nodes.get(path.value());
  }

  /** The answer, or null when it is not ours to give. */
  @Nullable Outgoing answer(Header call, ObjectPath path) {
    return switch (call.interfaceName() + "." + call.member()) {
      case Names.PEER + ".Ping" -> reply(call, Body.EMPTY);
      case Names.PEER + ".GetMachineId" -> machine(call);
      case Names.INTROSPECTABLE + ".Introspect" -> introspect(call, path);
      default -> null;
    };
  }

  private @Nullable Outgoing introspect(Header call, ObjectPath path) {
    ObjectNode object = at(path);
    SortedSet<String> children = children(path);
    if (object == null && children.isEmpty() && !path.equals(ObjectPath.ROOT)) {
      return null;
    }
    String xml = Introspection.of(object == null ? List.of() : object.interfaces(), children);
    return reply(call, Body.of(new DBusValue.Str(xml)));
  }

  private SortedSet<String> children(ObjectPath path) {
    String above = path.equals(ObjectPath.ROOT) ? "/" : path.value() + "/";
    SortedSet<String> children = new TreeSet<>();
    for (String candidate : nodes.keySet()) {
      if (candidate.startsWith(above) && candidate.length() > above.length()) {
        int end = candidate.indexOf('/', above.length());
        children.add(candidate.substring(above.length(), end < 0 ? candidate.length() : end));
      }
    }
    return children;
  }

  private static Outgoing machine(Header call) {
    for (Path file : MACHINE_ID) {
      try {
        String id = Files.readString(file).strip();
        if (!id.isEmpty()) {
          return reply(call, Body.of(new DBusValue.Str(id)));
        }
      } catch (IOException e) {
        System.getLogger("org.sluice.dbus")
            .log(System.Logger.Level.DEBUG, "reading the identity of the machine", e);
      }
    }
    return BusConnection.failure(
        call, ErrorReplyException.standard("FileNotFound", "this machine has no identity"));
  }

  private static Outgoing reply(Header call, Body body) {
    return Outgoing.of(call.answer(null), body);
  }
}
