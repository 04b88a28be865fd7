// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** Whether a link can carry traffic (RFC 2863), as the kernel sees it. */
public enum OperState {
  UNKNOWN,
  NOTPRESENT,
  DOWN,
  LOWERLAYERDOWN,
  TESTING,
  DORMANT,
  UP
}
