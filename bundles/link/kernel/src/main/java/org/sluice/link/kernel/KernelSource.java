// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.LinkSource;

/** Links, addresses, routes and rules as the kernel has them. */
@Component(
    service = {LinkSource.class, KernelSource.class},
    configurationPid = "org.sluice.link.kernel")
@Designate(ocd = KernelConfig.class)
public final class KernelSource implements LinkSource {
  private static final int RANK = 100;

  private final Tally tally = new Tally();
  private final Routes.Scope scope;
  private final int mostRoutes;
  private final int receiveBuffer;
  private @Nullable Reader reader;
  private volatile @Nullable Routes routes;

  @Activate
  public KernelSource(KernelConfig config) {
    scope = Routes.Scope.valueOf(config.routes().toUpperCase(Locale.ROOT));
    mostRoutes = config.mostRoutes();
    receiveBuffer = config.receiveBuffer();
  }

  @Override
  public String name() {
    return "kernel";
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public synchronized void attach(LinkSink to) {
    detach();
    Routes fresh = new Routes(scope, mostRoutes);
    routes = fresh;
    reader = new Reader(to, tally, fresh, receiveBuffer);
    reader.start();
  }

  @Override
  @Deactivate
  public synchronized void detach() {
    if (reader != null) {
      reader.stop();
      reader = null;
    }
  }

  Tally tally() {
    return tally;
  }

  /** What was asked for, in bytes. */
  int receiveBuffer() {
    return receiveBuffer;
  }

  int mostRoutes() {
    return mostRoutes;
  }

  /** Whether only default routes are kept. */
  boolean tooManyRoutes() {
    Routes watched = routes;
    return watched != null && watched.tooMany();
  }
}
