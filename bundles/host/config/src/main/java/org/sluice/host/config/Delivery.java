// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.IOException;
import java.time.Duration;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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

  /** A component that is in the same method for two of these in a row is taken for stuck. */
  private static final Duration STEP = Duration.ofMillis(600);

  /** Steps that Config Admin is given when nobody is stuck and the machine is only slow. */
  private static final int STEPS = 17;

  private final ConfigurationAdmin admin;
  private final Duration step;
  private final Supplier<Map<Thread, String>> foreign;
  private final ServiceRegistration<?> registration;

  /** Tells what this object sent from what one before it left in Config Admin. */
  private final long life = System.nanoTime();

  private long sent;
  private long heard;
  private long got;

  Delivery(BundleContext context, ConfigurationAdmin admin) {
    this(context, admin, STEP, Stuck::look);
  }

  /**
   * @param foreign the threads of Config Admin that are in somebody else's code, with its name
   */
  Delivery(
      BundleContext context,
      ConfigurationAdmin admin,
      Duration step,
      Supplier<Map<Thread, String>> foreign) {
    this.admin = admin;
    this.step = step;
    this.foreign = foreign;
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
   * Waits until everything given to Config Admin before has been delivered. Whoever hangs is
   * interrupted: as long as it does, no component of the whole process gets its configuration, not
   * even the one that would mend it.
   *
   * @param ending whether there is no sense in waiting any longer
   * @return what keeps it; empty when it was delivered
   */
  Optional<String> await(BooleanSupplier ending) throws IOException, InterruptedException {
    send();
    Map<Thread, String> before = Map.of();
    int steps = 0;
    while (!arrived()) {
      steps++;
      Map<Thread, String> now = foreign.get();
      Map<Thread, String> stuck = new HashMap<>(now);
      stuck.entrySet().retainAll(before.entrySet());
      if (!stuck.isEmpty()) {
        stuck.keySet().forEach(Thread::interrupt);
        return Optional.of(
            late(steps, String.join(", ", new TreeSet<>(stuck.values())) + " does not return"));
      }
      if (steps == STEPS || ending.getAsBoolean()) {
        return Optional.of(late(steps, "Config Admin is busy"));
      }
      before = now;
    }
    return Optional.empty();
  }

  private String late(int steps, String why) {
    return "not taken within " + step.multipliedBy(steps).toMillis() + " ms: " + why;
  }

  private void send() throws IOException {
    long count;
    synchronized (this) {
      count = life + ++sent;
    }
    admin
        .getConfiguration(PID, null)
        .update(FrameworkUtil.asDictionary(Map.<String, Object>of(COUNT, count)));
  }

  private synchronized boolean arrived() throws InterruptedException {
    long end = System.nanoTime() + step.toNanos();
    while (heard < sent || got < life + sent) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  @Override
  public void close() {
    registration.unregister();
  }
}
