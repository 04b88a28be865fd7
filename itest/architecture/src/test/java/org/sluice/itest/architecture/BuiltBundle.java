// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.util.List;

/**
 * @param folder below {@code bundles/}: {@code host/deploy}
 */
record BuiltBundle(String folder, Headers headers, List<BuiltClass> classes) {

  /** What it must be called. */
  String name() {
    return "org.sluice." + folder.replace('/', '.');
  }

  /** {@code link} for {@code link/kernel}; the bundle itself when it has no domain. */
  String domain() {
    int slash = folder.indexOf('/');
    return slash < 0 ? folder : folder.substring(0, slash);
  }

  boolean api() {
    return folder.endsWith("/api");
  }
}
