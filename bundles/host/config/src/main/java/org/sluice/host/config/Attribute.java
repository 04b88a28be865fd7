// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle says of one key.
 *
 * @param cardinality 0 for one value, positive for an array of at most so many, negative for a
 *     collection
 * @param min least value, or least length of a text; null when there is none
 * @param max largest value, or largest length of a text
 * @param options the values allowed; empty when all are
 * @param defaults what holds when the key is not written; null when nothing does
 */
public record Attribute(
    String id,
    String name,
    String description,
    AttributeType type,
    int cardinality,
    @Nullable BigDecimal min,
    @Nullable BigDecimal max,
    List<String> options,
    boolean required,
    @Nullable List<String> defaults) {

  public boolean list() {
    return cardinality != 0;
  }

  /** Whether the value must not be shown. */
  boolean secret() {
    return type == AttributeType.PASSWORD;
  }

  /** The type in words: {@code whole number}, {@code list of texts}. */
  public String typeWords() {
    if (!list()) {
      return type.words();
    }
    return "list of " + (type == AttributeType.BOOLEAN ? type.words() : type.words() + "s");
  }

  /** What is allowed: {@code 1 to 100}, {@code PLAIN, LOUD}; empty when everything is. */
  public String allowed() {
    if (!options.isEmpty()) {
      return String.join(", ", options);
    }
    String low = min != null ? min.toPlainString() : type.least() != null ? "" + type.least() : "";
    String high = max != null ? max.toPlainString() : type.most() != null ? "" + type.most() : "";
    if (min == null
        && max == null
        && (type == AttributeType.INTEGER || type == AttributeType.LONG)) {
      return "";
    }
    String unit = type.textual() ? " characters" : "";
    if (!low.isEmpty() && !high.isEmpty()) {
      return low + " to " + high + unit;
    }
    if (!low.isEmpty()) {
      return "at least " + low + unit;
    }
    return high.isEmpty() ? "" : "at most " + high + unit;
  }

  /** The default as it would be written; empty when there is none. */
  public String defaultWords() {
    if (defaults == null) {
      return "";
    }
    List<String> each =
        defaults.stream()
            .map(d -> type.textual() ? '"' + d.replace("\"", "\\\"") + '"' : d)
            .toList();
    return list() ? "[" + String.join(", ", each) + "]" : each.isEmpty() ? "" : each.getFirst();
  }
}
