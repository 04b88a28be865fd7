// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import org.osgi.framework.Bundle;

/** One content of one file, installed in the framework. */
record Revision(String file, Staged staged, Jar jar, Bundle bundle) {

  String sha() {
    return staged.sha();
  }

  @Override
  public String toString() {
    return jar.name() + " " + jar.version() + " (" + file + ", " + sha().substring(0, 12) + ")";
  }
}
