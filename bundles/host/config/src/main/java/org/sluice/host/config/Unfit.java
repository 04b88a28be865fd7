// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import org.sluice.json.Place;

/** A value that a key cannot have; the message says why, {@link #remedy} what it could have. */
final class Unfit extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;
  private final String remedy;

  Unfit(Place place, String text, String remedy) {
    super(text);
    this.line = place.line();
    this.column = place.column();
    this.remedy = remedy;
  }

  Place place() {
    return new Place(line, column);
  }

  String remedy() {
    return remedy;
  }
}
