// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.nio.file.Path;
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

/** What systemd-networkd says of links, and the leases it has. */
@Component(
    service = {LinkSource.class, NetworkdSource.class},
    configurationPid = "org.sluice.link.networkd")
@Designate(ocd = NetworkdConfig.class)
public final class NetworkdSource implements LinkSource {
  static final String NAME = "networkd";
  private static final int RANK = 60;

  private final Buses buses;
  private final boolean enabled;
  private final BusAddress address;
  private final Path leases;
  private final ServiceTally tally = new ServiceTally();
  private @Nullable Networkd networkd;

  @Activate
  public NetworkdSource(@Reference Buses buses, NetworkdConfig config) {
    this.buses = buses;
    enabled = config.enabled();
    address = BusAddress.configured(config.systemBus());
    leases = Path.of(config.leases());
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
    Networkd begun = new Networkd(to, tally, leases);
    networkd = begun;
    if (enabled) {
      begun.start(buses, address);
    } else {
      begun.leave();
    }
  }

  @Override
  @Deactivate
  public synchronized void detach() {
    if (networkd != null) {
      networkd.close();
      networkd = null;
    }
  }

  ServiceTally tally() {
    return tally;
  }
}
