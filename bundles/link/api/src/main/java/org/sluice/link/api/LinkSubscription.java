// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** Ends the delivery to a {@link LinkListener}. */
public interface LinkSubscription extends AutoCloseable {

  /**
   * Returns when the listener is not running any more, and will not be called again. From within
   * the listener it returns at once.
   */
  @Override
  void close();
}
