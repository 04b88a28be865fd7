// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Locale;
import org.osgi.framework.Bundle;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * One bundle, as it is listed.
 *
 * @param startLevel the level of the framework from which on it runs
 * @param file where it was installed from
 */
record BundleRow(long id, String name, String version, String state, int startLevel, String file) {

  static BundleRow of(Bundle bundle) {
    String location = bundle.getLocation();
    return new BundleRow(
        bundle.getBundleId(),
        bundle.getSymbolicName() == null ? "" : bundle.getSymbolicName(),
        bundle.getVersion().toString(),
        state(bundle),
        bundle.adapt(BundleStartLevel.class).getStartLevel(),
        location.substring(location.lastIndexOf('/') + 1));
  }

  private static String state(Bundle bundle) {
    String word =
        switch (bundle.getState()) {
          case Bundle.ACTIVE -> "ACTIVE";
          case Bundle.STARTING -> "STARTING";
          case Bundle.STOPPING -> "STOPPING";
          case Bundle.RESOLVED -> BundleInquiry.fragment(bundle) ? "FRAGMENT" : "RESOLVED";
          case Bundle.INSTALLED -> "INSTALLED";
          default -> "UNINSTALLED";
        };
    return word.toLowerCase(Locale.ROOT);
  }
}
