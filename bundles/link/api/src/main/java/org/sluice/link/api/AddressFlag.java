// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** What the kernel marks an address with. */
public enum AddressFlag {
  /** Not the first of its network on the link, or one of the changing ones of IPv6 privacy. */
  SECONDARY,
  /** No duplicate address detection. */
  NODAD,
  /** Usable before duplicate address detection is over. */
  OPTIMISTIC,
  /** Somebody else has it: never usable. */
  DADFAILED,
  HOMEADDRESS,
  /** Not to be used for new connections. */
  DEPRECATED,
  /** Duplicate address detection is still running: not usable yet. */
  TENTATIVE,
  /** It has no lifetime. */
  PERMANENT,
  MANAGETEMPADDR,
  NOPREFIXROUTE,
  MCAUTOJOIN,
  STABLE_PRIVACY
}
