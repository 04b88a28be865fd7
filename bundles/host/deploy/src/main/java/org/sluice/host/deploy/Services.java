// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** What a bundle provides. */
final class Services {
  private Services() {}

  /** The interfaces of its services, in order; nothing when it is gone. */
  static Set<String> of(Bundle bundle) {
    Set<String> types = new TreeSet<>();
    try {
      ServiceReference<?>[] references = bundle.getRegisteredServices();
      if (references != null) {
        for (ServiceReference<?> reference : references) {
          types.addAll(Arrays.asList(types(reference)));
        }
      }
    } catch (IllegalStateException e) {
      // It was dropped between the look and the question.
      return Set.of();
    }
    return types;
  }

  static String[] types(ServiceReference<?> reference) {
    return (String[]) reference.getProperty(Constants.OBJECTCLASS);
  }
}
