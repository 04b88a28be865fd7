// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** In what a link can change while it stays the same link. */
public enum LinkAspect {
  NAME,
  /** Administratively up or down. */
  UP,
  CARRIER,
  /** The {@link OperState}. */
  STATE,
  MTU,
  MAC,
  MASTER,
  PARENT,
  ALTERNATIVE_NAMES,
  FLAGS
}
