// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One path below {@code /api/v1}, registered as a service; it appears in the OpenAPI description by
 * itself, with a schema derived from {@link #type}.
 */
@ConsumerType
public interface Resource {

  /** Relative to {@code /api/v1/}, with variables in braces: {@code links/{name}}. */
  String path();

  /** One sentence for the reader of the API description. */
  String summary();

  /**
   * The record that is answered, or of which a list is answered. What may be absent in it is an
   * {@link java.util.Optional} or marked {@code @Nullable} as JSpecify has it; everything else is
   * always there.
   */
  Class<? extends Record> type();

  /** Whether {@link #get} answers a list of {@link #type}. */
  boolean list();

  /** What may stand in the query; anything else there is refused with 400. */
  default List<Query> query() {
    return List.of();
  }

  /**
   * Called on a request thread, possibly several at once.
   *
   * @param parameters values of the path's variables and of the query
   * @return a {@link #type}, or a list of them
   * @throws java.util.NoSuchElementException when there is no such thing: becomes 404 with the
   *     message
   * @throws IllegalArgumentException when a parameter makes no sense: becomes 400 with the message
   */
  Object get(Map<String, String> parameters);

  /**
   * An optional parameter of the query, given as text.
   *
   * @param description one sentence, with unit and range
   */
  record Query(String name, String description) {}
}
