// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkName;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkMessage;

/** Reads an {@link Address} out of RTM_NEWADDR and RTM_DELADDR. */
final class AddressDecoder {
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_LABEL = 3;
  private static final int IFA_FLAGS = 8;

  private static final AddressFlag[] FLAGS = AddressFlag.values();

  private AddressDecoder() {}

  /**
   * @return null when it is of another family than IPv4 and IPv6
   */
  static @Nullable Address decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    if (family != Rtnetlink.INET && family != Rtnetlink.INET6) {
      return null;
    }
    IpAddress address = null;
    IpAddress local = null;
    String label = "";
    int flags = message.u8(2);
    NetlinkAttributes a = message.attributes(Rtnetlink.ADDRESS_HEADER);
    while (a.next()) {
      switch (a.type()) {
        case IFA_ADDRESS -> address = Ips.address(family, a);
        case IFA_LOCAL -> local = Ips.address(family, a);
        case IFA_LABEL -> label = LinkName.printable(a.text());
        case IFA_FLAGS -> flags = a.s32();
        default -> {}
      }
    }
    IpAddress own = local != null ? local : address;
    if (own == null) {
      throw new MalformedMessageException("address message: has no address");
    }
    return new Address(
        message.s32(4),
        Ips.prefix(own, message.u8(1)),
        own.equals(address) ? null : address,
        Ips.scope(message.u8(3)),
        flags(flags),
        label);
  }

  private static Set<AddressFlag> flags(int bits) {
    Set<AddressFlag> flags = EnumSet.noneOf(AddressFlag.class);
    for (int bit = 0; bit < FLAGS.length; bit++) {
      if ((bits >>> bit & 1) != 0) {
        flags.add(FLAGS[bit]);
      }
    }
    return flags;
  }
}
