// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sluice.dbus.Bus;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.MethodCall;
import org.sluice.dbus.ObjectPath;

/** systemd-hostnamed, which is started by the bus when it is asked, and ends when it is not. */
final class Hostnamed {
  private static final String NAME = "org.freedesktop.hostname1";
  private static final ObjectPath PATH = new ObjectPath("/org/freedesktop/hostname1");
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private final Peer peer;

  Hostnamed(Bus bus) {
    peer = new Peer(bus, "systemd-hostnamed", "org.freedesktop.hostname1.set-hostname");
  }

  /** As the kernel has it; asking hostnamed would keep it running. */
  static String now() {
    try {
      String name = Files.readString(KERNEL).strip();
      return name.equals("(none)") ? "" : name;
    } catch (IOException e) {
      return "";
    }
  }

  /** The one that somebody wrote into {@code /etc/hostname}, which beats every other; or empty. */
  String fixed() throws Trouble, InterruptedException {
    return peer.call(
            "host name: ask for the static one",
            MethodCall.to(NAME, PATH, "org.freedesktop.DBus.Properties", "Get")
                .with(DBusValue.text(NAME), DBusValue.text("StaticHostname"))
                .startingService())
        .text(0)
        .orElse("");
  }

  /**
   * @param name empty to have hostnamed choose
   */
  void set(String name) throws Trouble, InterruptedException {
    var _ =
        peer.call(
            "host name: set " + name,
            MethodCall.to(NAME, PATH, NAME, "SetHostname")
                .with(DBusValue.text(name), DBusValue.flag(false))
                .startingService());
  }
}
