// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkName;
import org.sluice.link.api.Rule;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkMessage;

/** Reads a {@link Rule} out of RTM_NEWRULE and RTM_DELRULE. */
final class RuleDecoder {
  private static final int FRA_DST = 1;
  private static final int FRA_SRC = 2;
  private static final int FRA_IIFNAME = 3;
  private static final int FRA_GOTO = 4;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_FLOW = 11;
  private static final int FRA_TUN_ID = 12;
  private static final int FRA_SUPPRESS_IFGROUP = 13;
  private static final int FRA_SUPPRESS_PREFIXLEN = 14;
  private static final int FRA_TABLE = 15;
  private static final int FRA_FWMASK = 16;
  private static final int FRA_OIFNAME = 17;
  private static final int FRA_L3MDEV = 19;
  private static final int FRA_UID_RANGE = 20;
  private static final int FRA_PROTOCOL = 21;
  private static final int FRA_IP_PROTO = 22;
  private static final int FRA_SPORT_RANGE = 23;
  private static final int FRA_DPORT_RANGE = 24;
  private static final int FRA_DSCP = 25;

  private static final List<String> ORDER =
      List.of(
          "tos",
          "dscp",
          "fwmark",
          "uidrange",
          "ipproto",
          "sport",
          "dport",
          "tun_id",
          "realms",
          "suppress_ifgroup");

  private static final int FLAG_INVERT = 2;
  private static final long NOT_SET = 0xffff_ffffL;

  private final int family;
  private long table;
  private long priority;
  private long target;
  private int protocol;
  private int suppressedLength = -1;
  private boolean l3mdev;
  private long mark;
  private long mask;
  private @Nullable IpAddress from;
  private @Nullable IpAddress to;
  private String incoming = "";
  private String outgoing = "";
  private final List<String> conditions = new ArrayList<>();

  private RuleDecoder(int family, long table) {
    this.family = family;
    this.table = table;
  }

  /**
   * @return null when it is not about packets of IPv4 or IPv6: multicast routing has rules of its
   *     own
   */
  static @Nullable Rule decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    if (family != Rtnetlink.INET && family != Rtnetlink.INET6) {
      return null;
    }
    RuleDecoder decoder = new RuleDecoder(family, message.u8(4));
    NetlinkAttributes attributes = message.attributes(Rtnetlink.RULE_HEADER);
    while (attributes.next()) {
      decoder.take(attributes);
    }
    return decoder.rule(message);
  }

  private void take(NetlinkAttributes a) throws MalformedMessageException {
    switch (a.type()) {
      case FRA_DST -> to = Ips.address(family, a);
      case FRA_SRC -> from = Ips.address(family, a);
      case FRA_IIFNAME -> incoming = LinkName.printable(a.text());
      case FRA_OIFNAME -> outgoing = LinkName.printable(a.text());
      case FRA_GOTO -> target = a.u32();
      case FRA_PRIORITY -> priority = a.u32();
      case FRA_TABLE -> table = a.u32();
      case FRA_PROTOCOL -> protocol = a.u8();
      case FRA_FWMARK -> mark = a.u32();
      case FRA_FWMASK -> mask = a.u32();
      case FRA_L3MDEV -> l3mdev = a.u8() != 0;
      case FRA_SUPPRESS_PREFIXLEN -> suppressedLength = a.u32() == NOT_SET ? -1 : a.s32();
      case FRA_SUPPRESS_IFGROUP -> {
        if (a.u32() != NOT_SET) {
          conditions.add("suppress_ifgroup " + a.u32());
        }
      }
      case FRA_FLOW -> conditions.add("realms " + a.u32());
      case FRA_TUN_ID -> conditions.add("tun_id " + Long.toUnsignedString(a.u64()));
      case FRA_UID_RANGE -> conditions.add("uidrange " + range(a, 4));
      case FRA_IP_PROTO -> conditions.add("ipproto " + a.u8());
      case FRA_SPORT_RANGE -> conditions.add("sport " + range(a, 2));
      case FRA_DPORT_RANGE -> conditions.add("dport " + range(a, 2));
      case FRA_DSCP -> conditions.add("dscp " + a.u8());
      default -> {}
    }
  }

  /** Two numbers of so many bytes, in the order of this machine. */
  private static String range(NetlinkAttributes a, int bytes) throws MalformedMessageException {
    if (a.length() != 2 * bytes) {
      throw new MalformedMessageException(
          "range in attribute " + a.type() + ": has " + a.length() + " bytes, not " + 2 * bytes);
    }
    byte[] both = a.bytes();
    long first = number(both, 0, bytes);
    long last = number(both, bytes, bytes);
    return first == last && bytes == 2 ? Long.toString(first) : first + "-" + last;
  }

  private static long number(byte[] from, int at, int bytes) {
    java.nio.ByteBuffer buffer =
        java.nio.ByteBuffer.wrap(from).order(java.nio.ByteOrder.nativeOrder());
    return bytes == 2
        ? Short.toUnsignedInt(buffer.getShort(at))
        : Integer.toUnsignedLong(buffer.getInt(at));
  }

  private Rule rule(NetlinkMessage message) throws MalformedMessageException {
    int service = message.u8(3);
    if (service != 0) {
      conditions.add("tos 0x" + Integer.toHexString(service));
    }
    if (mark != 0 || mask != 0) {
      conditions.add("fwmark 0x%x/0x%x".formatted(mark, mask));
    }
    String action = action(message.u8(7));
    // The kernel has them in an order of its own; people know that of ip rule.
    conditions.sort(Comparator.comparingInt(RuleDecoder::place));
    boolean asksTable = action.equals("table");
    return new Rule(
        family == Rtnetlink.INET6,
        priority,
        (message.s32(8) & FLAG_INVERT) != 0,
        from == null ? null : Ips.prefix(from, message.u8(2)),
        to == null ? null : Ips.prefix(to, message.u8(1)),
        incoming,
        outgoing,
        conditions,
        asksTable && l3mdev ? "l3mdev" : action,
        asksTable && !l3mdev ? table : 0,
        target,
        suppressedLength,
        protocol);
  }

  private static int place(String condition) {
    return ORDER.indexOf(condition.substring(0, condition.indexOf(' ')));
  }

  private static String action(int number) {
    return switch (number) {
      case 1 -> "table";
      case 2 -> "goto";
      case 3 -> "nop";
      case 6 -> "blackhole";
      case 7 -> "unreachable";
      case 8 -> "prohibit";
      default -> "action " + number;
    };
  }
}
