// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** What the kernel marks a link with; named as {@code ip link} prints it. */
public enum LinkFlag {
  UP,
  BROADCAST,
  DEBUG,
  LOOPBACK,
  POINTOPOINT,
  NOTRAILERS,
  RUNNING,
  NOARP,
  PROMISC,
  ALLMULTI,
  MASTER,
  SLAVE,
  MULTICAST,
  PORTSEL,
  AUTOMEDIA,
  DYNAMIC,
  LOWER_UP,
  DORMANT,
  ECHO
}
