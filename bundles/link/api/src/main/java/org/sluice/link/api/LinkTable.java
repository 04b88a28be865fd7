// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** The one live picture of the network. All methods may be called by any thread. */
@ProviderType
public interface LinkTable {

  /** The picture now. */
  LinkSnapshot snapshot();

  /**
   * The events after number {@code after} that are still remembered, in order.
   *
   * @param limit at most so many, the latest ones
   */
  List<LinkEvent> history(long after, int limit);

  /**
   * Delivers the picture and then every event after it, without a gap, until closed or until the
   * table goes.
   *
   * @param name of the subscriber, for its thread and for the metrics; a constant of the program
   */
  LinkSubscription subscribe(String name, LinkListener listener);

  /**
   * Delivers every event after number {@code after}. When they are not all remembered, or when no
   * event of that number was told yet, it begins with the picture like {@link #subscribe}.
   */
  LinkSubscription resume(String name, long after, LinkListener listener);
}
