// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Neighbour;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkMessage;

/** Reads a {@link Neighbour} out of RTM_NEWNEIGH and RTM_DELNEIGH. */
final class NeighbourDecoder {
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int STATE_INCOMPLETE = 0x01;
  private static final int STATE_FAILED = 0x20;
  private static final int FLAG_PROXY = 0x08;
  private static final int FLAG_ROUTER = 0x80;

  private NeighbourDecoder() {}

  /**
   * @return null when it is none: bridges tell of their ports with the same type in a family of
   *     their own, and an address this host answers for is not out there
   */
  static @Nullable Neighbour decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    int flags = message.u8(10);
    boolean ip = family == Rtnetlink.INET || family == Rtnetlink.INET6;
    if (!ip || (flags & FLAG_PROXY) != 0) {
      return null;
    }
    IpAddress address = null;
    String mac = "";
    NetlinkAttributes attributes = message.attributes(Rtnetlink.NEIGHBOUR_HEADER);
    while (attributes.next()) {
      switch (attributes.type()) {
        case NDA_DST -> address = Ips.address(family, attributes);
        case NDA_LLADDR -> mac = IpAddress.mac(attributes.bytes());
        default -> {}
      }
    }
    if (address == null) {
      throw new MalformedMessageException("neighbour message: has no address");
    }
    Neighbour.State state = state(message.u16(8));
    return new Neighbour(
        message.s32(4),
        address,
        state == Neighbour.State.RESOLVED ? mac : "",
        state,
        (flags & FLAG_ROUTER) != 0);
  }

  /** 0 is what a neighbour is born with and, for a moment, what it is when it was flushed. */
  private static Neighbour.State state(int bits) {
    if ((bits & STATE_FAILED) != 0) {
      return Neighbour.State.FAILED;
    }
    return bits == 0 || (bits & STATE_INCOMPLETE) != 0
        ? Neighbour.State.RESOLVING
        : Neighbour.State.RESOLVED;
  }
}
