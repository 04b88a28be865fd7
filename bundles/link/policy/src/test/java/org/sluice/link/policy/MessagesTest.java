// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkMessage;

/** What is written is read as the same. */
class MessagesTest {

  private static NetlinkMessage read(NetlinkBuilder builder) throws MalformedMessageException {
    NetlinkMessage message = NetlinkMessage.over(builder.end().bytes());
    assertTrue(message.next());
    return message;
  }

  private static @Nullable RuleMessage again(OwnedRule rule) throws MalformedMessageException {
    NetlinkBuilder builder = new NetlinkBuilder().begin(Rtnetlink.NEW_RULE, 0, 1);
    RuleMessage.write(builder, rule, 92);
    return RuleMessage.decode(read(builder));
  }

  private static OwnedRoute again(OwnedRoute route) throws MalformedMessageException {
    NetlinkBuilder builder = new NetlinkBuilder().begin(Rtnetlink.NEW_ROUTE, 0, 1);
    RouteMessage.writeNew(builder, route, 92);
    KernelRoute read = RouteMessage.decode(read(builder));
    assertNotNull(read);
    assertEquals(92, read.protocol());
    return read.owned().orElseThrow();
  }

  @Test
  void rules() throws Exception {
    for (OwnedRule rule :
        List.of(
            new OwnedRule(22_000, IpPrefix.parse("10.1.0.2/32"), 254, true),
            new OwnedRule(22_001, IpPrefix.parse("10.1.0.2/32"), 4_294_967_295L, false),
            new OwnedRule(1, IpPrefix.parse("10.0.0.0/8"), 255, false),
            new OwnedRule(32_000, IpPrefix.parse("2001:db8::1/128"), 1_000_000, false))) {
      RuleMessage message = again(rule);
      assertNotNull(message);
      assertEquals(rule, message.rule());
      assertEquals(92, message.protocol());
    }
  }

  @Test
  void aRuleOfAnotherKindIsNotTakenForOneOfOurs() throws Exception {
    NetlinkBuilder builder = new NetlinkBuilder().begin(Rtnetlink.NEW_RULE, 0, 1);
    RuleMessage.write(builder, new OwnedRule(5, IpPrefix.parse("10.1.0.2/32"), 500, false), 92);
    int mark = 10;
    RuleMessage marked = RuleMessage.decode(read(builder.attributeU32(mark, 7)));
    assertNotNull(marked);
    assertNull(marked.rule());
    NetlinkBuilder everywhere = new NetlinkBuilder().begin(Rtnetlink.NEW_RULE, 0, 1);
    everywhere.u8(2).u8(0).u8(0).u8(0).u8(254).u8(0).u8(0).u8(1).u32(0);
    RuleMessage fromAll = RuleMessage.decode(read(everywhere));
    assertNotNull(fromAll);
    assertNull(fromAll.rule());
    NetlinkBuilder multicast = new NetlinkBuilder().begin(Rtnetlink.NEW_RULE, 0, 1);
    multicast.u8(128).u8(0).u8(0).u8(0).u32(0).u32(0);
    assertNull(RuleMessage.decode(read(multicast)));
  }

  @Test
  void routes() throws Exception {
    IpPrefix all = IpPrefix.parse("0.0.0.0/0");
    IpPrefix allSix = IpPrefix.parse("::/0");
    for (OwnedRoute route :
        List.of(
            new OwnedRoute(
                20_000, OwnedRoute.Type.UNICAST, all, 0, 70_000, IpAddress.parse("10.1.0.1"), true),
            new OwnedRoute(
                200, OwnedRoute.Type.UNICAST, all, 5, 3, IpAddress.parse("fe80::1"), false),
            new OwnedRoute(
                4_294_967_295L,
                OwnedRoute.Type.UNICAST,
                allSix,
                1024,
                3,
                IpAddress.parse("fe80::1"),
                false),
            new OwnedRoute(
                300,
                OwnedRoute.Type.UNICAST,
                IpPrefix.parse("2001:db8::/64"),
                1024,
                3,
                null,
                false),
            new OwnedRoute(
                300, OwnedRoute.Type.THROW, IpPrefix.parse("10.0.0.0/8"), 0, 0, null, false),
            new OwnedRoute(
                300, OwnedRoute.Type.UNREACHABLE, all, 4_294_967_294L, 0, null, false))) {
      assertEquals(route, again(route));
    }
  }

  @Test
  void lengthsThatCannotBeAreRefused() {
    NetlinkBuilder rule = new NetlinkBuilder().begin(Rtnetlink.NEW_RULE, 0, 1);
    rule.u8(2).u8(0).u8(64).u8(0).u8(254).u8(0).u8(0).u8(1).u32(0);
    rule.attribute(2, new byte[] {10, 0, 0, 1});
    assertThrows(MalformedMessageException.class, () -> RuleMessage.decode(read(rule)));
    NetlinkBuilder route = new NetlinkBuilder().begin(Rtnetlink.NEW_ROUTE, 0, 1);
    route.u8(2).u8(0).u8(0).u8(0).u8(254).u8(0).u8(0).u8(1).u32(0);
    route.attribute(5, new byte[] {10, 0, 0});
    assertThrows(MalformedMessageException.class, () -> RouteMessage.decode(read(route)));
  }
}
