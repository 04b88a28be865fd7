// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a domain knows about its configuration beyond single keys: overlaps, duplicates, conflicts
 * between files. Registered as a service; asked before a generation is applied. It must not touch
 * the world, and answers within a second. One that throws refuses the generation.
 */
@ConsumerType
public interface ConfigCheck {

  /**
   * @param proposed the whole configuration, by PID; values as they would reach the component
   */
  List<Finding> check(Map<String, Map<String, Object>> proposed);

  /**
   * @param pid whose file it is about
   * @param key the key at fault, to point at its line; may be empty
   */
  record Finding(String pid, String key, String text, String remedy) {}
}
