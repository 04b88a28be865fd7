// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

/** The text is not JSON; the message says what was expected, {@link #place} where. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  public JsonException(Place place, String message) {
    super(message);
    this.line = place.line();
    this.column = place.column();
  }

  public Place place() {
    return new Place(line, column);
  }
}
