// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A stream of numbered events below {@code /api/v1}, registered as a service and served as
 * Server-Sent Events. A {@link Resource} may have the same path: who asks for {@code
 * text/event-stream} by name gets the stream, everybody else the resource.
 */
@ConsumerType
public interface EventFeed {

  /** Relative to {@code /api/v1/}. */
  String path();

  String summary();

  /** The names of the events and what each carries, for the API description. */
  default Map<String, Class<? extends Record>> events() {
    return Map.of();
  }

  /**
   * Delivers what comes after event {@code after} when that is still known, else a fresh snapshot
   * and what follows. Events arrive in order, on a thread of the feed; {@code to} must not block.
   *
   * @throws IllegalArgumentException when {@code after} makes no sense: becomes 400 with the
   *     message
   * @return closes the subscription; after it returned nothing more is delivered
   */
  Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to);

  /** Ends the delivery. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param id rises with the events; what a client sends back to resume. {@link #UNNUMBERED} for an
   *     event that nobody can resume behind, such as all but the last of several that belong
   *     together: a client that got only some of them is given all of them again
   * @param name the kind of event
   * @param data what is sent, as JSON
   */
  record FeedEvent(long id, String name, Record data) {
    public static final long UNNUMBERED = -1;
  }
}
