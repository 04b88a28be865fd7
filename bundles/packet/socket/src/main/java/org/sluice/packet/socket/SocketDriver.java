// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.socket;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.datagram.UdpDriver;
import org.sluice.packet.datagram.UdpPort;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.UdpProbe;

/**
 * Datagrams by plain sockets of the kernel, many a call. It works on every kernel and with every
 * network, and needs no privilege. Its options are those of {@link UdpDriver}.
 */
@Component(service = PortDriver.class)
public final class SocketDriver extends UdpDriver {
  private static final int MERIT = 30;

  @Activate
  public SocketDriver() {
    super("socket");
  }

  @Deactivate
  public void stop() {
    closeAll();
  }

  @Override
  protected UdpPort port(Opened opened) throws SysException {
    return new SocketPort(this, opened);
  }

  @Override
  protected int merit() {
    return MERIT;
  }

  @Override
  protected String summary() {
    return "sockets, many datagrams a call";
  }

  @Override
  protected List<UdpProbe.Answer> needs() {
    return List.of();
  }
}
