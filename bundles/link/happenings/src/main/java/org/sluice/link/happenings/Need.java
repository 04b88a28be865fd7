// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

/** What a link can need to be ready. */
enum Need {
  /** All that IPv4 needs, or all that IPv6 needs. */
  ANY,
  IPV4,
  IPV6,
  /** A way out whose gateway answers. */
  GATEWAY,
  /** A name server, told by a lease or by a manager. */
  DNS,
  LEASE,
  /** A manager has done all that it has to do. */
  CONFIGURED
}
