// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.util.OptionalInt;
import org.sluice.link.api.IpAddress;

/** What is asked of the kernel about links, at the moment it matters. */
interface Links {

  /**
   * @param name printable
   */
  OptionalInt index(String name);

  /** Whether the link has this address now. */
  boolean has(int index, IpAddress address);
}
