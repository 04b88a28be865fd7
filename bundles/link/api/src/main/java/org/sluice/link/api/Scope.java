// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** How far an address or a route reaches. */
public enum Scope {
  GLOBAL,
  SITE,
  LINK,
  HOST,
  NOWHERE
}
