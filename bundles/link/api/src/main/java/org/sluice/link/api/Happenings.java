// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** Tells what happens on the network. All methods may be called by any thread. */
@ProviderType
public interface Happenings {

  /**
   * Those that are remembered, in order.
   *
   * @param limit at most so many, the latest ones
   */
  List<Happening> recent(int limit);

  /**
   * Tells first what is so already, marked as initial, and then what happens, in order, on one
   * thread that belongs to the subscription. Who takes his time delays nobody but himself; when he
   * has fallen far behind he is told only what is different at the end.
   *
   * @param name of the subscriber, for its thread and for the metrics; a constant of the program
   */
  LinkSubscription subscribe(String name, Consumer<Happening> listener);
}
