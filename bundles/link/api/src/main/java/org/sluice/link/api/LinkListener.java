// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Is told the picture and how it changes.
 *
 * <p>Called on one thread that belongs to the subscription, never twice at the same time. It may
 * take its time: it delays nobody but itself, and when it has fallen behind by more than the table
 * remembers it is given the picture anew. What it throws is logged, and the next event is
 * delivered.
 */
@ConsumerType
public interface LinkListener {

  /**
   * The whole picture; the first event after it has the next number. Called first (unless the
   * subscription resumed where it left off), and again when events were missed.
   *
   * @param missed how many events were not delivered since the last call; 0 the first time
   */
  void picture(LinkSnapshot whole, long missed);

  void event(LinkEvent event);
}
