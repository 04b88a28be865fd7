// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

/** How an interface is. */
public enum LinkState {
  UP("up"),
  /** It is switched on, and nothing is at the other end. The kernel tells it a little late. */
  NO_CARRIER("no carrier"),
  DOWN("down"),
  /** It was deleted, or is in another network now. Another one of the same name is another one. */
  GONE("gone");

  private final String text;

  LinkState(String text) {
    this.text = text;
  }

  /** In words, for people. */
  public String text() {
    return text;
  }
}
