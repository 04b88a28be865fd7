// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.Buses;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.LinkSource;

/** What NetworkManager says of links, and the leases it has. */
@Component(
    service = {LinkSource.class, NetworkManagerSource.class},
    configurationPid = "org.sluice.link.networkmanager")
@Designate(ocd = NetworkManagerConfig.class)
public final class NetworkManagerSource implements LinkSource {
  static final String NAME = "networkmanager";
  private static final int RANK = 55;

  private final Buses buses;
  private final boolean enabled;
  private final BusAddress address;
  private final ServiceTally tally = new ServiceTally();
  private @Nullable NetworkManagerListener listener;

  @Activate
  public NetworkManagerSource(@Reference Buses buses, NetworkManagerConfig config) {
    this.buses = buses;
    enabled = config.enabled();
    address = BusAddress.configured(config.systemBus());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public synchronized void attach(LinkSink to) {
    detach();
    NetworkManagerListener begun = new NetworkManagerListener(to, tally);
    listener = begun;
    if (enabled) {
      begun.start(buses, address);
    } else {
      begun.leave();
    }
  }

  @Override
  @Deactivate
  public synchronized void detach() {
    if (listener != null) {
      listener.close();
      listener = null;
    }
  }

  ServiceTally tally() {
    return tally;
  }
}
