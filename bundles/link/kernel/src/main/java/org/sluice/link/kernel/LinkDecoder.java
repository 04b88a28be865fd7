// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkName;
import org.sluice.link.api.OperState;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkMessage;

/** Reads a {@link Link} out of RTM_NEWLINK and RTM_DELLINK. */
final class LinkDecoder {
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_LINK = 5;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_WIRELESS = 11;
  private static final int IFLA_OPERSTATE = 16;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_CARRIER = 33;
  private static final int IFLA_PROP_LIST = 52;
  private static final int IFLA_ALT_IFNAME = 53;
  private static final int IFLA_PERM_ADDRESS = 54;

  private static final LinkFlag[] FLAGS = LinkFlag.values();
  private static final OperState[] STATES = OperState.values();

  private String name = "";
  private String kind = "";
  private byte[] mac = {};
  private byte[] permanentMac = {};
  private int mtu;
  private int master;
  private int parent;
  private OperState state = OperState.UNKNOWN;
  private @Nullable Boolean carrier;
  private final List<String> alternativeNames = new ArrayList<>();
  private boolean partial;

  private LinkDecoder() {}

  /**
   * @return null when the message is not about a link as a whole: bridges tell of their ports with
   *     the same type in a family of their own, and wireless drivers of their events
   */
  static @Nullable Link decode(NetlinkMessage message) throws MalformedMessageException {
    if (message.u8(0) != Rtnetlink.UNSPECIFIED) {
      return null;
    }
    LinkDecoder decoder = new LinkDecoder();
    NetlinkAttributes attributes = message.attributes(Rtnetlink.LINK_HEADER);
    while (attributes.next()) {
      decoder.take(attributes);
    }
    int index = message.s32(4);
    if (index <= 0) {
      throw new MalformedMessageException("link message: has no index");
    }
    return decoder.partial ? null : decoder.link(index, message.u16(2), message.s32(8));
  }

  private void take(NetlinkAttributes a) throws MalformedMessageException {
    switch (a.type()) {
      case IFLA_ADDRESS -> mac = a.bytes();
      case IFLA_IFNAME -> name = LinkName.printable(a.text());
      case IFLA_MTU -> mtu = a.s32();
      case IFLA_LINK -> parent = a.s32();
      case IFLA_MASTER -> master = a.s32();
      case IFLA_WIRELESS -> partial = true;
      case IFLA_OPERSTATE -> state = a.u8() < STATES.length ? STATES[a.u8()] : OperState.UNKNOWN;
      case IFLA_CARRIER -> carrier = a.u8() != 0;
      case IFLA_PERM_ADDRESS -> permanentMac = a.bytes();
      case IFLA_LINKINFO -> {
        NetlinkAttributes info = a.nested();
        while (info.next()) {
          if (info.type() == IFLA_INFO_KIND) {
            kind = new String(info.text(), StandardCharsets.UTF_8);
          }
        }
      }
      case IFLA_PROP_LIST -> {
        NetlinkAttributes names = a.nested();
        while (names.next()) {
          if (names.type() == IFLA_ALT_IFNAME) {
            alternativeNames.add(LinkName.printable(names.text()));
          }
        }
      }
      default -> {}
    }
  }

  private Link link(int index, int hardware, int flagBits) {
    Set<LinkFlag> flags = EnumSet.noneOf(LinkFlag.class);
    for (int bit = 0; bit < FLAGS.length; bit++) {
      if ((flagBits >>> bit & 1) != 0) {
        flags.add(FLAGS[bit]);
      }
    }
    return new Link(
        index,
        name,
        kind.isEmpty() ? hardware(hardware) : kind,
        IpAddress.mac(mac),
        IpAddress.mac(permanentMac),
        mtu,
        flags,
        state,
        carrier != null ? carrier : flags.contains(LinkFlag.LOWER_UP),
        master,
        parent,
        alternativeNames);
  }

  /** ARPHRD_… as {@code ip link} prints it after {@code link/}. */
  private static String hardware(int number) {
    return switch (number) {
      case 1 -> "ether";
      case 32 -> "infiniband";
      case 512 -> "ppp";
      case 768 -> "ipip";
      case 769 -> "tunnel6";
      case 772 -> "loopback";
      case 776 -> "sit";
      case 778 -> "gre";
      case 0xfffe -> "none";
      default -> "hardware-" + number;
    };
  }
}
