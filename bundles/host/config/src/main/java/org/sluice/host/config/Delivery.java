// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.IOException;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;

/**
 * Knows when Config Admin has handed out everything it was given. Config Admin tells components of
 * changes on two threads of its own, one change after the other; so a change of a PID that only
 * this class listens to, made last, arrives last.
 */
final class Delivery implements AutoCloseable {
  private static final String PID = "org.sluice.host.config.delivery";
  private static final String COUNT = "count";

  private final ConfigurationAdmin admin;
  private final ServiceRegistration<?> registration;

  /** Tells what this object sent from what one before it left in Config Admin. */
  private final long life = System.nanoTime();

  private long sent;
  private long heard;
  private long got;

  Delivery(BundleContext context, ConfigurationAdmin admin) {
    this.admin = admin;
    this.registration =
        context.registerService(
            new String[] {ConfigurationListener.class.getName(), ManagedService.class.getName()},
            new Ear(),
            FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, PID)));
  }

  private final class Ear implements ConfigurationListener, ManagedService {
    @Override
    public void configurationEvent(ConfigurationEvent event) {
      if (PID.equals(event.getPid()) && event.getType() == ConfigurationEvent.CM_UPDATED) {
        heard();
      }
    }

    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) {
      Object count = properties == null ? null : properties.get(COUNT);
      if (count instanceof Long number) {
        got(number);
      }
    }
  }

  private synchronized void heard() {
    heard++;
    notifyAll();
  }

  private synchronized void got(long number) {
    got = number;
    notifyAll();
  }

  /**
   * Waits until everything given to Config Admin before has been delivered.
   *
   * @return whether it was, within the time
   */
  boolean await(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long count;
    synchronized (this) {
      count = life + ++sent;
    }
    admin
        .getConfiguration(PID, null)
        .update(FrameworkUtil.asDictionary(Map.<String, Object>of(COUNT, count)));
    synchronized (this) {
      while (heard < sent || got < life + sent) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    }
  }

  @Override
  public void close() {
    registration.unregister();
  }
}
