// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;

/**
 * The real systemd-resolved and systemd-hostnamed on a {@link ManagedHost}, whose host name and
 * resolv.conf are its own. resolved may be installed, or only unpacked, because its installation
 * would take over the resolv.conf of the host outside.
 */
final class NameServices {
  private static final String DAEMON = "/lib/systemd/systemd-resolved";
  private static final String HOSTNAMED = "/lib/systemd/systemd-hostnamed";
  private static final String POLICY = "/usr/share/dbus-1/system.d/org.freedesktop.resolve1.conf";

  private final ManagedHost host;
  private final Path root;
  private ManagedDaemon resolved;

  private NameServices(ManagedHost host, Path root, ManagedDaemon resolved) {
    this.host = host;
    this.root = root;
    this.resolved = resolved;
  }

  private static Path root() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path caches =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    Path unpacked = caches.resolve("sluice/unpacked/systemd-resolved");
    return Files.isExecutable(Path.of(DAEMON)) ? Path.of("/") : unpacked;
  }

  private static String in(Path root, String path) {
    return root.resolve(path.substring(1)).toString();
  }

  /** Starts the bus, resolved and hostnamed; there is no static host name. */
  static NameServices start(ManagedHost host) throws Exception {
    Path root = root();
    assumeTrue(
        Files.isExecutable(Path.of(in(root, DAEMON))) && Files.isExecutable(Path.of(HOSTNAMED)),
        "systemd-resolved or systemd-hostnamed is missing; see itest/system-packages");
    if (!host.read("/etc/passwd").contains("systemd-resolve:")) {
      append(host, "/etc/passwd", "systemd-resolve:x:990:990::/:/usr/sbin/nologin\n");
      append(host, "/etc/group", "systemd-resolve:x:990:\n");
    }
    host.write(
        "/etc/dbus-1/system.d/org.freedesktop.resolve1.conf",
        Files.readString(Path.of(in(root, POLICY))));
    Files.deleteIfExists(host.file("/etc/hostname"));
    host.bus();
    NameServices services = new NameServices(host, root, resolved(host, root));
    host.start("hostnamed", HOSTNAMED);
    services.awaitOwner("org.freedesktop.resolve1");
    services.awaitOwner("org.freedesktop.hostname1");
    return services;
  }

  private static void append(ManagedHost host, String file, String line) throws Exception {
    Files.writeString(host.file(file), line, StandardOpenOption.APPEND);
  }

  private static ManagedDaemon resolved(ManagedHost host, Path root) throws Exception {
    return host.start("resolved", in(root, DAEMON));
  }

  private void awaitOwner(String name) throws Exception {
    host.await(name, () -> owned(name));
  }

  private boolean owned(String name) throws Exception {
    String bus = "org.freedesktop.DBus";
    return host.attempt(
                "busctl",
                "--system",
                "call",
                bus,
                "/org/freedesktop/DBus",
                bus,
                "GetNameOwner",
                "s",
                name)
            .exit()
        == 0;
  }

  /** resolved ends at once, forgets all it was told, and is there again. */
  void restartWithoutMemory() throws Exception {
    resolved.kill();
    host.run("find", "/run/systemd/resolve/netif", "-type", "f", "-delete");
    resolved = resolved(host, root);
    awaitOwner("org.freedesktop.resolve1");
  }

  /**
   * Has hostnamed stay for a while: it ends when nobody has asked it for half a minute, and here
   * nobody starts it again.
   */
  void hostnamed() throws Exception {
    String name = "org.freedesktop.hostname1";
    boolean answers =
        host.attempt(
                    "busctl",
                    "--system",
                    "--auto-start=no",
                    "call",
                    name,
                    "/org/freedesktop/hostname1",
                    "org.freedesktop.DBus.Peer",
                    "Ping")
                .exit()
            == 0;
    if (!answers) {
      host.start("hostnamed", HOSTNAMED);
      awaitOwner(name);
    }
  }

  String resolvectl(String... words) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(in(root, "/usr/bin/resolvectl")));
    command.addAll(List.of(words));
    return host.run(command.toArray(String[]::new));
  }

  /** What resolved was told of {@code eth1}: addresses of name servers, then domains. */
  String told() throws Exception {
    return (value("dns") + " " + value("domain")).strip();
  }

  private String value(String what) throws Exception {
    String line = resolvectl(what, ManagedHost.LINK).strip();
    return line.substring(line.indexOf(':') + 1).strip();
  }

  String hostName() throws Exception {
    return Objects.requireNonNull(host.run("hostname")).strip();
  }
}
