// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of one PID.
 *
 * @param many whether there may be many, each in a file {@code pid~name}
 * @param claimedBy the bundle, with its version
 */
public record Schema(
    String pid,
    boolean many,
    String name,
    String description,
    List<Attribute> attributes,
    String claimedBy) {

  @Nullable Attribute attribute(String id) {
    for (Attribute attribute : attributes) {
      if (attribute.id().equals(id)) {
        return attribute;
      }
    }
    return null;
  }
}
