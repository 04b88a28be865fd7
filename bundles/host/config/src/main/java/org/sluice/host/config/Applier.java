// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.IOException;
import java.util.Map;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Brings Config Admin from one picture to another, touching only what differs. */
final class Applier {
  private static final String ANY_BUNDLE = "?";

  private final ConfigurationAdmin admin;

  Applier(ConfigurationAdmin admin) {
    this.admin = admin;
  }

  /** Whether Config Admin holds anything of a picture, left by this bundle's life before. */
  boolean holds(Pid pid) {
    try {
      return admin.listConfigurations("(service.pid=" + pid + ")") != null;
    } catch (IOException | InvalidSyntaxException e) {
      return false;
    }
  }

  /**
   * @throws IOException when Config Admin could not keep it; part of it may have been applied
   */
  void apply(Map<Pid, Setting> from, Map<Pid, Setting> to) throws IOException {
    // Removals first: what is freed may be wanted by what is added.
    for (Pid pid : from.keySet()) {
      if (!to.containsKey(pid)) {
        configuration(pid).delete();
      }
    }
    for (Pid pid : Setting.changed(from, to)) {
      Setting setting = to.get(pid);
      if (setting != null) {
        configuration(pid).updateIfDifferent(FrameworkUtil.asDictionary(setting.values()));
      }
    }
  }

  private Configuration configuration(Pid pid) throws IOException {
    return pid.oneOfMany()
        ? admin.getFactoryConfiguration(pid.base(), pid.name(), ANY_BUNDLE)
        : admin.getConfiguration(pid.base(), ANY_BUNDLE);
  }
}
