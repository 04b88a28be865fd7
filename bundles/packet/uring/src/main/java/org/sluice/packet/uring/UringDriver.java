// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.uring;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.datagram.UdpDriver;
import org.sluice.packet.datagram.UdpPort;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.UdpProbe;
import org.sluice.sys.socket.UringReceiver;

/**
 * Datagrams received by io_uring and sent by sockets, many a call. It needs Linux 6.0 and no
 * privilege, but administrators and containers may forbid it. Its options are those of {@link
 * UdpDriver}.
 */
@Component(service = PortDriver.class)
public final class UringDriver extends UdpDriver {
  /** Below plain sockets, which were measured to be faster: it is for who asks for it. */
  private static final int MERIT = 25;

  @Activate
  public UringDriver() {
    super("uring");
  }

  @Deactivate
  public void stop() {
    closeAll();
  }

  @Override
  protected UdpPort port(Opened opened) throws SysException {
    return new UringPort(this, opened);
  }

  @Override
  protected int merit() {
    return MERIT;
  }

  @Override
  protected String summary() {
    return "io_uring, a ring of chunks";
  }

  @Override
  protected List<UdpProbe.Answer> needs() {
    return UringReceiver.needs();
  }
}
