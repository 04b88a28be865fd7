// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Scope;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;

/** Addresses in messages, with their sizes checked. */
final class Ips {
  private Ips() {}

  static IpAddress address(int family, NetlinkAttributes at) throws MalformedMessageException {
    int size = family == Rtnetlink.INET ? 4 : 16;
    if (at.length() != size) {
      throw new MalformedMessageException(
          "address in attribute " + at.type() + ": has " + at.length() + " bytes, not " + size);
    }
    return IpAddress.of(at.bytes());
  }

  /** An address of whatever family its size tells, with the family in front (RTA_VIA). */
  static IpAddress via(NetlinkAttributes at) throws MalformedMessageException {
    byte[] bytes = at.bytes();
    if (bytes.length != 6 && bytes.length != 18) {
      throw new MalformedMessageException(
          "gateway of another family: has " + bytes.length + " bytes, not 6 or 18");
    }
    return IpAddress.of(java.util.Arrays.copyOfRange(bytes, 2, bytes.length));
  }

  static IpPrefix prefix(IpAddress address, int length) throws MalformedMessageException {
    if (length > address.bits()) {
      throw new MalformedMessageException(address + "/" + length + ": the prefix is too long");
    }
    return new IpPrefix(address, length);
  }

  /** Between the named ones administrators may use numbers of their own, which reach far. */
  static Scope scope(int number) {
    return switch (number) {
      case 200 -> Scope.SITE;
      case 253 -> Scope.LINK;
      case 254 -> Scope.HOST;
      case 255 -> Scope.NOWHERE;
      default -> Scope.GLOBAL;
    };
  }
}
