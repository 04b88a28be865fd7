// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The control socket: accepts clients and owns their connections. It keeps them when its
 * configuration changes; only readers lose theirs when the group they came by is another.
 */
@Component(
    service = ControlSocket.class,
    immediate = true,
    configurationPid = "org.sluice.host.shell")
@Designate(ocd = ShellConfig.class)
public final class ControlSocket {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.shell");
  private static final Duration END = Duration.ofSeconds(3);

  private final Path path;
  private final Answering answering;

  /** With the socket they came by. */
  private final Map<Connection, SocketFile> connections = new ConcurrentHashMap<>();

  private volatile ShellConfig config;
  private volatile @Nullable SocketFile socket;
  private volatile @Nullable Thread acceptor;
  private volatile String trouble = "";
  private long accepted;

  @Activate
  public ControlSocket(
      @Reference CommandProcessor processor, BundleContext context, ShellConfig config) {
    this.config = config;
    String home = context.getProperty("sluice.home");
    if (home == null) {
      throw new IllegalStateException("the framework property sluice.home is missing");
    }
    path = Path.of(home, "var", "run", "sluice.sock");
    Catalogue catalogue = new Catalogue(context);
    Help help = new Help(catalogue);
    answering =
        new Answering(
            processor, catalogue, help, new Completion(context, catalogue, help), new Tally());
    open();
  }

  @Modified
  void modified(ShellConfig changed) {
    boolean moved = !changed.group().equals(config.group());
    config = changed;
    if (moved) {
      SocketFile old = socket;
      Thread accepting = acceptor;
      open();
      stopAccepting(old, accepting);
      connections.forEach(
          (connection, by) -> {
            if (by.equals(old) && connection.peer().role() == Peer.Role.READER) {
              connection.close();
            }
          });
    }
  }

  private void open() {
    try {
      SocketFile old = socket;
      socket = null;
      SocketFile fresh =
          old == null ? SocketFile.listen(path, config.group()) : old.replace(config.group());
      socket = fresh;
      acceptor = Thread.ofPlatform().daemon().name("host.shell/accept").start(() -> accept(fresh));
      trouble = "";
      LOG.log(Level.INFO, "listening socket={0} group={1}", path, config.group());
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      LOG.log(Level.ERROR, "no shell: " + trouble);
      LOG.log(Level.DEBUG, "no shell", e);
    }
  }

  private void accept(SocketFile from) {
    while (from.isOpen()) {
      try {
        admit(from.accept(), from);
      } catch (IOException e) {
        if (from.isOpen()) {
          LOG.log(Level.WARNING, "accepting a client: " + e);
          pause();
        }
      }
    }
  }

  /** Out of descriptors, most likely; trying on at once would only burn time. */
  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(SocketChannel channel, SocketFile from) {
    try {
      Peer peer = Peer.of(channel, from.owner());
      ShellConfig limits = config;
      long readers =
          connections.keySet().stream().filter(c -> c.peer().role() == Peer.Role.READER).count();
      boolean full =
          connections.size() >= limits.connections()
              || (peer.role() == Peer.Role.READER && readers >= limits.connections() / 2);
      Connection connection =
          new Connection(
              ++accepted,
              peer,
              channel,
              Duration.ofSeconds(limits.patience()),
              answering,
              connections::remove);
      if (full) {
        answering.tally().turnAway();
        LOG.log(Level.WARNING, "refused a client, there are too many user={0}", peer.user());
        connection.refuse("too many clients are connected; host:sessions shows them");
        return;
      }
      connections.put(connection, from);
      connection.start();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "a client could not be served: " + e);
      try {
        channel.close();
      } catch (IOException closing) {
        LOG.log(Level.DEBUG, "closing a connection", closing);
      }
    }
  }

  /** Those connected now, the longest first. */
  List<Connection.Session> sessions() {
    return connections.keySet().stream()
        .map(Connection::session)
        .sorted(Comparator.comparingLong(Connection.Session::id))
        .toList();
  }

  Answering answering() {
    return answering;
  }

  /** Why nobody can connect; empty when all is well. */
  String trouble() {
    return trouble;
  }

  Path path() {
    return path;
  }

  private static void stopAccepting(@Nullable SocketFile old, @Nullable Thread accepting) {
    try {
      if (old != null) {
        old.retire();
      }
      if (accepting != null) {
        accepting.join(END);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "closing the control socket: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Deactivate
  void stop() {
    SocketFile old = socket;
    socket = null;
    stopAccepting(old, acceptor);
    try {
      if (old != null) {
        old.close();
      }
      List<Connection> left = new ArrayList<>(connections.keySet());
      left.forEach(Connection::close);
      long end = System.nanoTime() + END.toNanos();
      for (Connection connection : left) {
        // All together have this long, however many they are.
        if (!connection.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          LOG.log(
              Level.WARNING,
              "a command still runs and was left behind command=\"{0}\"",
              connection.session().command());
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "removing the control socket: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
