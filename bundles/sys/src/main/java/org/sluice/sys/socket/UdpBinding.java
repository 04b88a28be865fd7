// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import java.net.InetSocketAddress;

/**
 * Where a socket is bound.
 *
 * @param only6 whether a socket of IPv6 has nothing to do with IPv4
 * @param link the only interface that is used; empty for all
 * @param shared whether other sockets of this user may bind the same address, and share what
 *     arrives
 */
public record UdpBinding(InetSocketAddress local, boolean only6, String link, boolean shared) {
  @Override
  public String toString() {
    String address = local.getAddress().getHostAddress();
    String host = address.contains(":") ? "[" + address + "]" : address;
    return host + ":" + local.getPort() + (link.isEmpty() ? "" : " on " + link);
  }
}
