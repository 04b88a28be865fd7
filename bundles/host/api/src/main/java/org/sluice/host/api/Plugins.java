// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The drop-in folder as the host sees it. Every method may be called from any thread. */
@ProviderType
public interface Plugins {

  /** One entry a file in the drop-in folder, in the order of their names. */
  List<Plugin> plugins();

  /**
   * Gives a quarantined plugin another chance.
   *
   * @param name file name or symbolic name
   * @throws java.util.NoSuchElementException when nothing of that name is in quarantine
   */
  Plugin release(String name);

  /** What dropping this jar would change; changes nothing. */
  PluginPlan plan(Path jar);

  /** Revisions that were dropped and whose class loader is still there; collects garbage first. */
  List<Leak> leaks();
}
