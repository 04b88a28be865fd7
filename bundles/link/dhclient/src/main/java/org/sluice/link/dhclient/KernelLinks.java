// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkName;

/** Asks the kernel, by way of the JDK. */
final class KernelLinks implements Links {

  @Override
  public OptionalInt index(String name) {
    try {
      String raw = new String(LinkName.bytes(name), StandardCharsets.UTF_8);
      NetworkInterface link = NetworkInterface.getByName(raw);
      return link == null ? OptionalInt.empty() : OptionalInt.of(link.getIndex());
    } catch (SocketException | IllegalArgumentException e) {
      return OptionalInt.empty();
    }
  }

  @Override
  public boolean has(int index, IpAddress address) {
    NetworkInterface link = link(index);
    if (link == null) {
      return false;
    }
    for (InetAddress held : Collections.list(link.getInetAddresses())) {
      if (IpAddress.of(held.getAddress()).equals(address)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable NetworkInterface link(int index) {
    try {
      return NetworkInterface.getByIndex(index);
    } catch (SocketException e) {
      // It has gone.
      return null;
    }
  }
}
