// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.ops.api.EventFeed;
import org.sluice.ops.api.Resource;

/** What is offered under one route. */
sealed interface Offer {

  Route route();

  String summary();

  /** The bundle it is of, for messages. */
  String owner();

  /**
   * @param busy requests that are under way
   */
  record OfResource(
      Route route, String summary, String owner, Resource resource, AtomicInteger busy)
      implements Offer {}

  record OfFeed(Route route, String summary, String owner, EventFeed feed) implements Offer {}
}
