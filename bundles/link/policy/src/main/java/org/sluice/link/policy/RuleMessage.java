// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkMessage;

/**
 * A rule as the kernel writes and reads it: RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE.
 *
 * @param rule none when it is of a kind that is not made here
 * @param protocol who made it
 */
record RuleMessage(boolean six, @Nullable OwnedRule rule, int protocol) {
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

  private static final int ASKS_A_TABLE = 1;
  private static final long NOT_SET = 0xffff_ffffL;

  /**
   * @return null when it is not a rule of IPv4 or IPv6
   */
  static @Nullable RuleMessage decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    if (family != Rtnetlink.INET && family != Rtnetlink.INET6) {
      return null;
    }
    boolean six = family == Rtnetlink.INET6;
    long table = message.u8(4);
    // Whether it says nothing but what a rule made here can say.
    boolean plain = message.u8(7) == ASKS_A_TABLE && message.u8(3) == 0 && message.s32(8) == 0;
    long priority = 0;
    int protocol = 0;
    long suppressed = NOT_SET;
    IpAddress from = null;
    NetlinkAttributes a = message.attributes(Rtnetlink.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case FRA_SRC -> from = RouteMessage.address(six, a);
        case FRA_PRIORITY -> priority = a.u32();
        case FRA_TABLE -> table = a.u32();
        case FRA_PROTOCOL -> protocol = a.u8();
        case FRA_SUPPRESS_PREFIXLEN -> suppressed = a.u32();
        case FRA_SUPPRESS_IFGROUP -> plain &= a.u32() == NOT_SET;
        case FRA_L3MDEV -> plain &= a.u8() == 0;
        case FRA_FWMARK, FRA_FWMASK -> plain &= a.u32() == 0;
        case FRA_DST,
            FRA_IIFNAME,
            FRA_OIFNAME,
            FRA_GOTO,
            FRA_FLOW,
            FRA_TUN_ID,
            FRA_UID_RANGE,
            FRA_IP_PROTO,
            FRA_SPORT_RANGE,
            FRA_DPORT_RANGE,
            FRA_DSCP ->
            plain = false;
        default -> {}
      }
    }
    plain &= suppressed == NOT_SET || suppressed == 0;
    OwnedRule rule =
        plain && from != null
            ? new OwnedRule(
                priority, RouteMessage.prefix(from, message.u8(2)), table, suppressed == 0)
            : null;
    return new RuleMessage(six, rule, protocol);
  }

  static void writeQuestion(NetlinkBuilder to, boolean six) {
    to.u8(Rtnetlink.family(six)).u8(0).u8(0).u8(0).u32(0).u32(0);
  }

  /** To make it or to delete it; without the protocol the kernel would delete anybody's. */
  static void write(NetlinkBuilder to, OwnedRule rule, int protocol) {
    to.u8(Rtnetlink.family(rule.six())).u8(0).u8(rule.from().length()).u8(0);
    to.u8(RouteMessage.headerTable(rule.table())).u8(0).u8(0).u8(ASKS_A_TABLE).u32(0);
    to.attribute(FRA_SRC, rule.from().address().bytes());
    to.attributeU32(FRA_PRIORITY, rule.priority());
    to.attributeU32(FRA_TABLE, rule.table());
    to.attributeU8(FRA_PROTOCOL, protocol);
    if (rule.suppressed()) {
      to.attributeU32(FRA_SUPPRESS_PREFIXLEN, 0);
    }
  }
}
