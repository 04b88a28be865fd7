// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.function.ToIntFunction;

/** The index of a link, of which NetworkManager tells only the name; 0 when there is none. */
final class KernelLinks implements ToIntFunction<String> {
  private static final int LONGEST = 15;

  @Override
  public int applyAsInt(String name) {
    if (name.isEmpty() || name.length() > LONGEST) {
      return 0;
    }
    try {
      NetworkInterface found = NetworkInterface.getByName(name);
      return found == null ? 0 : Math.max(0, found.getIndex());
    } catch (SocketException e) {
      return 0;
    }
  }
}
