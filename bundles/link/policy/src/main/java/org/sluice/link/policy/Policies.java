// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The policies there are. A component that goes is not a policy that was removed: at the end of the
 * process, or when a bundle is replaced, components go while their files stay. Any thread may call.
 */
final class Policies {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.policy");

  private final ConfigurationAdmin admin;
  private final Map<String, PolicySpec> specs = new LinkedHashMap<>();
  private final Set<String> orphans = new HashSet<>();
  private final Set<String> expected = new HashSet<>();

  Policies(ConfigurationAdmin admin) {
    this.admin = admin;
    try {
      Configuration[] all =
          admin.listConfigurations("(service.factoryPid=" + PolicySpec.FACTORY + ")");
      for (Configuration one : all == null ? new Configuration[0] : all) {
        expected.add(one.getPid());
      }
    } catch (IOException | InvalidSyntaxException e) {
      LOG.log(System.Logger.Level.WARNING, "which policies are configured cannot be asked", e);
    }
  }

  synchronized void put(LinkPolicy policy) {
    specs.put(policy.pid(), policy.spec());
    orphans.remove(policy.pid());
    expected.remove(policy.pid());
  }

  synchronized void gone(LinkPolicy policy) {
    orphans.add(policy.pid());
  }

  /** Whether those that were configured at the start have come. */
  synchronized boolean complete() {
    return expected.isEmpty();
  }

  /** Those that have not come will not. */
  synchronized Set<String> giveUp() {
    Set<String> missing = Set.copyOf(expected);
    expected.clear();
    return missing;
  }

  synchronized Collection<PolicySpec> specs() {
    for (String pid : Set.copyOf(orphans)) {
      if (!configured(pid)) {
        orphans.remove(pid);
        specs.remove(pid);
      }
    }
    return List.copyOf(specs.values());
  }

  private boolean configured(String pid) {
    try {
      return admin.listConfigurations("(service.pid=" + escaped(pid) + ")") != null;
    } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
      // Config Admin is going too: then no file was removed.
      return true;
    }
  }

  private static String escaped(String text) {
    return text.replaceAll("([\\\\*()])", "\\\\$1");
  }
}
