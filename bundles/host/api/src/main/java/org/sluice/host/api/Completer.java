// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Knows what may stand as an argument of a command, registered as a service. The shell asks while
 * somebody types: an answer should come at once, and may be out of date a moment later. Called on
 * any thread.
 */
@ConsumerType
public interface Completer {

  /** Service property: the commands it completes, as {@code scope:function}. */
  String COMMANDS = "org.sluice.completes";

  /**
   * @param command {@code scope:function}
   * @param argument which one, the first is 0; options do not count
   * @return what may stand there, each with a few words that tell it apart
   */
  Map<String, String> candidates(String command, int argument);
}
