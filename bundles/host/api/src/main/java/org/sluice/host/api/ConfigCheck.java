// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a domain knows about its configuration beyond single keys: overlaps, duplicates, conflicts
 * between files. Registered as a service; asked before a generation is applied. It must not touch
 * the world, and answers within a second. One that throws, or takes more than five, refuses the
 * generation.
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
   * @param item which item of the list that the key holds; -1 for all of it
   * @param character at fault in the text that the key or the item holds, the first one is 0; -1
   *     for all of it
   */
  record Finding(String pid, String key, String text, String remedy, int item, int character) {

    /** About a key as a whole. */
    public Finding(String pid, String key, String text, String remedy) {
      this(pid, key, text, remedy, -1, -1);
    }
  }
}
