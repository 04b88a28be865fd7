// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The types a key may have. */
public enum AttributeType {
  STRING("text", String.class, null, null),
  PASSWORD("password", String.class, null, null),
  CHARACTER("character", Character.class, null, null),
  BOOLEAN("true or false", Boolean.class, null, null),
  BYTE("whole number", Byte.class, Long.valueOf(Byte.MIN_VALUE), Long.valueOf(Byte.MAX_VALUE)),
  SHORT("whole number", Short.class, Long.valueOf(Short.MIN_VALUE), Long.valueOf(Short.MAX_VALUE)),
  INTEGER(
      "whole number",
      Integer.class,
      Long.valueOf(Integer.MIN_VALUE),
      Long.valueOf(Integer.MAX_VALUE)),
  LONG("whole number", Long.class, Long.MIN_VALUE, Long.MAX_VALUE),
  FLOAT("number", Float.class, null, null),
  DOUBLE("number", Double.class, null, null);

  private final String words;
  private final Class<?> boxed;
  private final @Nullable BigDecimal least;
  private final @Nullable BigDecimal most;

  AttributeType(String words, Class<?> boxed, @Nullable Long least, @Nullable Long most) {
    this.words = words;
    this.boxed = boxed;
    this.least = least == null ? null : BigDecimal.valueOf(least);
    this.most = most == null ? null : BigDecimal.valueOf(most);
  }

  /** The type of that name in a metatype file; text when a bundle invents one of its own. */
  static AttributeType named(String name) {
    for (AttributeType type : values()) {
      if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
        return type;
      }
    }
    // Before OSGi 1.3 the file format said "Char".
    return name.equals("Char") ? CHARACTER : STRING;
  }

  /** What a person calls it. */
  public String words() {
    return words;
  }

  Class<?> boxed() {
    return boxed;
  }

  boolean textual() {
    return this == STRING || this == PASSWORD || this == CHARACTER;
  }

  boolean numeric() {
    return integral() || this == FLOAT || this == DOUBLE;
  }

  boolean integral() {
    return least != null;
  }

  /** The smallest value that fits; null where every value of the kind does. */
  @Nullable BigDecimal least() {
    return least;
  }

  @Nullable BigDecimal most() {
    return most;
  }
}
