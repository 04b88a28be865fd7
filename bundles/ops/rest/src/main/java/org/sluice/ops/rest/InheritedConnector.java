// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections from a socket that listens already, and leaves it open when it stops: the
 * socket belongs to who started the process, and the next connector takes from it again.
 */
final class InheritedConnector extends ServerConnector {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");
  private static final long IDLE_MILLIS = 60_000;

  private final ServerSocketChannel socket;
  private volatile @Nullable Selector selector;

  InheritedConnector(Server server, ServerSocketChannel socket) {
    super(server, 1, 1, http());
    this.socket = socket;
    setIdleTimeout(IDLE_MILLIS);
  }

  private static HttpConnectionFactory http() {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    return new HttpConnectionFactory(configuration);
  }

  @Override
  public void open() throws IOException {
    // One that is interrupted while it waits in accept() would close the socket; a selector not.
    socket.configureBlocking(false);
    Selector opened = Selector.open();
    socket.register(opened, SelectionKey.OP_ACCEPT);
    selector = opened;
  }

  @Override
  public void accept(int acceptor) throws IOException {
    Selector waiting = selector;
    if (waiting == null) {
      return;
    }
    waiting.select();
    waiting.selectedKeys().clear();
    SocketChannel taken = socket.accept();
    if (taken != null) {
      taken.configureBlocking(false);
      taken.setOption(StandardSocketOptions.TCP_NODELAY, true);
      getSelectorManager().accept(taken);
    }
  }

  @Override
  public void close() {
    super.close();
    Selector opened = selector;
    selector = null;
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "closing the selector of the socket", e);
      }
    }
  }

  @Override
  public boolean isOpen() {
    return selector != null;
  }

  @Override
  public Object getTransport() {
    return socket;
  }

  @Override
  public int getLocalPort() {
    try {
      return socket.getLocalAddress() instanceof InetSocketAddress address ? address.getPort() : -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
