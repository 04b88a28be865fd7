// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.net.InetAddress;
import java.util.Optional;

/**
 * That datagrams to a multicast group are heard on a link.
 *
 * @param group a multicast address
 * @param link the name of the interface
 * @param source the only sender that is heard; empty for all
 */
public record Membership(InetAddress group, String link, Optional<InetAddress> source) {
  public Membership {
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException(
          group.getHostAddress() + " is no multicast address; those are 224.0.0.0/4 and ff00::/8");
    }
    if (source.isPresent() && source.get().getClass() != group.getClass()) {
      throw new IllegalArgumentException(
          "group %s and source %s are of different families"
              .formatted(group.getHostAddress(), source.get().getHostAddress()));
    }
  }

  public Membership(InetAddress group, String link) {
    this(group, link, Optional.empty());
  }
}
