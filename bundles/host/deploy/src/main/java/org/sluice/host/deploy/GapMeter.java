// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

/**
 * Measures how long nobody provided what a plugin provides while one revision took over from the
 * other. It watches the service registry itself: an interface has a gap from the moment the last
 * service of either revision begins to go until the next one is there.
 */
final class GapMeter implements AllServiceListener {
  private final BundleContext context;
  private final Set<Bundle> revisions;
  private final Map<String, Spell> spells = new HashMap<>();

  private static final class Spell {
    int serving;
    boolean began;
    long since;
    long longest;
  }

  GapMeter(BundleContext context, Bundle old, Bundle fresh) {
    this.context = context;
    this.revisions = Set.of(old, fresh);
    context.addServiceListener(this);
    ServiceReference<?>[] references = old.getRegisteredServices();
    if (references != null) {
      synchronized (spells) {
        for (ServiceReference<?> reference : references) {
          count(reference, 1);
        }
      }
    }
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    ServiceReference<?> reference = event.getServiceReference();
    Bundle bundle = reference.getBundle();
    if (bundle == null || !revisions.contains(bundle)) {
      return;
    }
    synchronized (spells) {
      switch (event.getType()) {
        case ServiceEvent.REGISTERED -> count(reference, 1);
        case ServiceEvent.UNREGISTERING -> count(reference, -1);
        default -> {
          // A change of properties neither opens nor closes a gap.
        }
      }
    }
  }

  private void count(ServiceReference<?> reference, int change) {
    for (String type : (String[]) reference.getProperty(Constants.OBJECTCLASS)) {
      Spell spell = spells.computeIfAbsent(type, t -> new Spell());
      spell.serving += change;
      long now = System.nanoTime();
      if (spell.serving <= 0) {
        spell.serving = 0;
        spell.began = true;
        spell.since = now;
      } else if (change > 0 && spell.serving == 1 && spell.began) {
        spell.longest = Math.max(spell.longest, now - spell.since);
      }
    }
  }

  /**
   * Ends the measurement.
   *
   * @return the longest gap of an interface that both revisions provided, in milliseconds
   */
  double close() {
    context.removeServiceListener(this);
    synchronized (spells) {
      return spells.values().stream().mapToLong(s -> s.longest).max().orElse(0) / 1e6;
    }
  }
}
