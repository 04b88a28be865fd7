// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A backend that knows facts, registered as a service.
 *
 * <p>The table calls {@link #attach} once when the service appears (or when the table itself
 * comes), and {@link #detach} once when either goes. Both return soon: the work is done on a thread
 * of the source.
 */
@ConsumerType
public interface LinkSource {

  /** A short word, the same at every start: {@code kernel}. */
  String name();

  /**
   * Whose word counts when two tell of the same thing: the higher one. The kernel, which is the
   * truth for links, addresses and routes, has 100.
   */
  int rank();

  /**
   * Begins to tell facts into {@code to}: first {@link LinkSink#present}, or that what it watches
   * is {@link SourceState.Condition#ABSENT}, then each change.
   */
  void attach(LinkSink to);

  /** The sink is revoked already. When this returns the source has ended its thread. */
  void detach();
}
