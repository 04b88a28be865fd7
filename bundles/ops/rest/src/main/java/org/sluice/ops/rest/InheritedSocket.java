// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * When the process was started with a listening socket, HTTP is served there and nowhere else. The
 * socket is the standard input; the start script put it there when systemd gave it.
 */
@Component(service = InheritedSocket.class, immediate = true)
public final class InheritedSocket {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");

  private final @Nullable ServiceRegistration<ConnectorFactory> registration;

  @Activate
  public InheritedSocket(BundleContext context) throws IOException {
    boolean wanted = Boolean.parseBoolean(context.getProperty("sluice.http.inherited"));
    registration =
        wanted && System.inheritedChannel() instanceof ServerSocketChannel socket
            ? context.registerService(
                ConnectorFactory.class, server -> connector(server, socket), null)
            : null;
  }

  private static Connector connector(Server server, ServerSocketChannel socket) {
    // The server has opened a port of its own before anybody could tell it not to.
    for (Connector other : server.getConnectors()) {
      if (!(other instanceof InheritedConnector)) {
        try {
          other.stop();
        } catch (Exception e) {
          LOG.log(System.Logger.Level.WARNING, "closing the port beside the inherited socket", e);
        }
        server.removeConnector(other);
      }
    }
    InheritedConnector connector = new InheritedConnector(server, socket);
    LOG.log(
        System.Logger.Level.INFO,
        "HTTP is served on the socket that was inherited port={0}",
        Integer.toString(connector.getLocalPort()));
    return connector;
  }

  @Deactivate
  void deactivate() {
    if (registration != null) {
      registration.unregister();
    }
  }
}
