// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/** Answers why something is not up. Every method may be called from any thread and only looks. */
@ProviderType
public interface Explainer {

  /**
   * @param what name of a bundle, component, configuration PID, service interface or plugin file
   * @throws java.util.NoSuchElementException when nothing is called so; the message has the nearest
   *     names
   */
  Cause explain(String what);

  /** The same, about one revision of a bundle. */
  Cause explain(Bundle bundle);
}
