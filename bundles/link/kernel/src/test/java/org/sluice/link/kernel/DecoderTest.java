// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;
import org.sluice.link.api.Scope;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkMessage;

/** Messages as the kernel makes them, cut, bent and made up. */
class DecoderTest {
  private static final byte[] V4 = {10, 1, 0, 1};
  private static final byte[] V6 = IpAddress.parse("2001:db8::1").bytes();

  private static NetlinkBuilder link(int family) {
    return new NetlinkBuilder()
        .begin(Rtnetlink.NEW_LINK, 0, 0)
        .u8(family)
        .u8(0)
        .u16(1)
        .u32(70_000)
        .u32(0x11043)
        .u32(0);
  }

  private static NetlinkBuilder wholeLink() {
    return link(0)
        .attribute(3, "$(id)\0".getBytes(StandardCharsets.UTF_8))
        .attribute(1, new byte[] {2, 0, 0, 0, 0, (byte) 0xfe})
        .attributeU32(4, 9000)
        .attributeU32(5, 3)
        .attributeU32(10, 4)
        .attributeU8(16, 6)
        .attributeU8(33, 1)
        .beginNested(18)
        .attribute(1, "veth\0".getBytes(StandardCharsets.UTF_8))
        .endNested()
        .beginNested(52)
        .attribute(53, "one\0".getBytes(StandardCharsets.UTF_8))
        .attribute(53, "\u001b[2J\0".getBytes(StandardCharsets.UTF_8))
        .endNested()
        .end();
  }

  private static NetlinkBuilder address(int family, byte[] local, int length, int flags) {
    return new NetlinkBuilder()
        .begin(Rtnetlink.NEW_ADDRESS, 0, 0)
        .u8(family)
        .u8(length)
        .u8(flags & 255)
        .u8(253)
        .u32(7)
        .attribute(1, local)
        .attributeU32(8, flags);
  }

  private static NetlinkBuilder rule(int family, int fromLength, int action, int flags) {
    return new NetlinkBuilder()
        .begin(Rtnetlink.NEW_RULE, 0, 0)
        .u8(family)
        .u8(0)
        .u8(fromLength)
        .u8(0)
        .u8(252)
        .u8(0)
        .u8(0)
        .u8(action)
        .u32(flags);
  }

  @Test
  void aRuleWithATableBeyondAByteAndWhatItSuppresses() throws Exception {
    NetlinkBuilder message =
        rule(Rtnetlink.INET, 32, 1, 2)
            .attribute(2, V4)
            .attribute(3, "\u001b[2J\0".getBytes(StandardCharsets.UTF_8))
            .attributeU32(6, 1000)
            .attributeU32(10, 1)
            .attributeU32(14, 0)
            .attributeU32(15, 4_294_967_295L)
            .attributeU32(16, 255)
            .attributeU8(21, 97)
            .end();
    Rule rule = RuleDecoder.decode(first(message));
    assertEquals(
        new Rule(
            false,
            1000,
            true,
            IpPrefix.parse("10.1.0.1"),
            null,
            org.sluice.link.api.LinkName.printable("\u001b[2J".getBytes(StandardCharsets.UTF_8)),
            "",
            List.of("fwmark 0x1/0xff"),
            "table",
            4_294_967_295L,
            0,
            0,
            97),
        rule);
  }

  @Test
  void aRuleThatSuppressesNothingAndOneOfAnotherFamily() throws Exception {
    NetlinkBuilder message = rule(Rtnetlink.INET6, 0, 7, 0).attributeU32(14, 0xffff_ffffL).end();
    Rule rule = RuleDecoder.decode(first(message));
    assertTrue(rule != null && rule.six() && rule.suppressedLength() == -1, String.valueOf(rule));
    assertEquals("unreachable", rule.action());
    assertEquals(0, rule.table());
    assertNull(RuleDecoder.decode(first(rule(128, 0, 1, 0).end())));
    assertThrows(
        MalformedMessageException.class,
        () -> RuleDecoder.decode(first(rule(Rtnetlink.INET, 33, 1, 0).attribute(2, V4).end())));
    assertThrows(
        MalformedMessageException.class,
        () -> RuleDecoder.decode(first(rule(Rtnetlink.INET, 0, 1, 0).attribute(20, V4).end())));
  }

  private static NetlinkBuilder neighbour(int family, int state, int flags) {
    return new NetlinkBuilder()
        .begin(Rtnetlink.NEW_NEIGHBOUR, 0, 0)
        .u8(family)
        .u8(0)
        .u16(0)
        .u32(7)
        .u16(state)
        .u8(flags)
        .u8(1);
  }

  @Test
  void neighbours() throws Exception {
    byte[] mac = {2, 0, 0, 0, 0, 9};
    IpAddress six = IpAddress.of(V6);
    for (int known : new int[] {0x02, 0x04, 0x08, 0x10, 0x40, 0x80}) {
      assertEquals(
          new Neighbour(7, six, "02:00:00:00:00:09", Neighbour.State.RESOLVED, true),
          NeighbourDecoder.decode(
              first(
                  neighbour(Rtnetlink.INET6, known, 0x80)
                      .attribute(1, V6)
                      .attribute(2, mac)
                      .end())));
    }
    assertEquals(
        new Neighbour(7, six, "", Neighbour.State.FAILED, false),
        NeighbourDecoder.decode(
            first(neighbour(Rtnetlink.INET6, 0x20, 0).attribute(1, V6).attribute(2, mac).end())));
    assertEquals(
        new Neighbour(7, six, "", Neighbour.State.RESOLVING, false),
        NeighbourDecoder.decode(first(neighbour(Rtnetlink.INET6, 1, 0).attribute(1, V6).end())));
    assertNull(NeighbourDecoder.decode(first(neighbour(7, 2, 0).attribute(2, mac).end())));
    assertNull(
        NeighbourDecoder.decode(first(neighbour(Rtnetlink.INET, 2, 8).attribute(1, V4).end())));
    assertThrows(
        MalformedMessageException.class,
        () -> NeighbourDecoder.decode(first(neighbour(Rtnetlink.INET, 2, 0).end())));
  }

  private static NetlinkBuilder route(int family, int length, int type, int table) {
    return new NetlinkBuilder()
        .begin(Rtnetlink.NEW_ROUTE, 0, 0)
        .u8(family)
        .u8(length)
        .u8(0)
        .u8(0)
        .u8(table > 255 ? 252 : table)
        .u8(16)
        .u8(0)
        .u8(type)
        .u32(0)
        .attributeU32(15, table);
  }

  private static NetlinkMessage first(NetlinkBuilder builder) throws MalformedMessageException {
    NetlinkMessage message = NetlinkMessage.over(builder.bytes());
    assertTrue(message.next());
    return message;
  }

  @Test
  void aLink() throws Exception {
    assertEquals(
        new Link(
            70_000,
            "$(id)",
            "veth",
            "02:00:00:00:00:fe",
            "",
            9000,
            Set.of(
                LinkFlag.UP,
                LinkFlag.BROADCAST,
                LinkFlag.RUNNING,
                LinkFlag.MULTICAST,
                LinkFlag.LOWER_UP),
            OperState.UP,
            true,
            4,
            3,
            List.of("one", "\\x1b[2J")),
        LinkDecoder.decode(first(wholeLink())));
  }

  @Test
  void whatABridgeTellsOfItsPortIsNoLink() throws Exception {
    assertNull(LinkDecoder.decode(first(link(7).end())));
  }

  @Test
  void whatAWirelessDriverTellsIsNoLink() throws Exception {
    NetlinkBuilder event = link(0).attribute(3, "wlan0\0".getBytes(StandardCharsets.UTF_8));
    assertNull(LinkDecoder.decode(first(event.attribute(11, new byte[8]).end())));
  }

  @Test
  void addresses() throws Exception {
    assertEquals(
        new Address(
            7, IpPrefix.parse("10.1.0.1/24"), null, Scope.LINK, Set.of(AddressFlag.PERMANENT), ""),
        AddressDecoder.decode(first(address(Rtnetlink.INET, V4, 24, 0x80).attribute(2, V4).end())));
    Address tentative = AddressDecoder.decode(first(address(Rtnetlink.INET6, V6, 64, 0xc0).end()));
    assertEquals(false, tentative != null && tentative.usable());
    Address peer =
        AddressDecoder.decode(
            first(address(Rtnetlink.INET, new byte[] {10, 1, 0, 2}, 32, 0).attribute(2, V4).end()));
    assertEquals(
        new Address(
            7,
            IpPrefix.parse("10.1.0.1/32"),
            IpAddress.parse("10.1.0.2"),
            Scope.LINK,
            Set.of(),
            ""),
        peer);
  }

  @Test
  void anAddressThatMakesNoSense() {
    assertThrows(
        MalformedMessageException.class,
        () -> AddressDecoder.decode(first(address(Rtnetlink.INET, V6, 24, 0).end())));
    assertThrows(
        MalformedMessageException.class,
        () -> AddressDecoder.decode(first(address(Rtnetlink.INET, V4, 33, 0).end())));
  }

  @Test
  void routes() throws Exception {
    NetlinkBuilder b = route(Rtnetlink.INET, 0, 1, 1_000_000);
    assertEquals(
        new Route(
            IpPrefix.parse("0.0.0.0/0"),
            1_000_000,
            16,
            Scope.GLOBAL,
            "unicast",
            100,
            0,
            IpAddress.parse("10.1.0.1"),
            List.of(new Route.Hop(7, IpAddress.parse("10.1.0.1"), 1))),
        RouteDecoder.decode(
            first(
                b.attribute(5, V4)
                    .attributeU32(4, 7)
                    .attributeU32(6, 100)
                    .attribute(7, V4)
                    .end())));
  }

  @Test
  void aRouteOfSeveralHops() throws Exception {
    byte[] hops = {16, 0, 0, 4, 7, 0, 0, 0, 8, 0, 5, 0, 10, 1, 0, 1, 8, 0, 0, 0, 8, 0, 0, 0};
    Route route =
        RouteDecoder.decode(first(route(Rtnetlink.INET, 0, 1, 254).attribute(9, hops).end()));
    assertEquals(
        List.of(new Route.Hop(7, IpAddress.parse("10.1.0.1"), 5), new Route.Hop(8, null, 1)),
        route == null ? null : route.hops());
    byte[] liar = hops.clone();
    liar[0] = 100;
    assertThrows(
        MalformedMessageException.class,
        () -> RouteDecoder.decode(first(route(2, 0, 1, 254).attribute(9, liar).end())));
    liar[0] = 4;
    assertThrows(
        MalformedMessageException.class,
        () -> RouteDecoder.decode(first(route(2, 0, 1, 254).attribute(9, liar).end())));
  }

  @Test
  void whatIsNoWayForPacketsOfOthers() throws Exception {
    assertNull(RouteDecoder.decode(first(route(Rtnetlink.INET, 0, 2, 255).end())), "local");
    assertNull(RouteDecoder.decode(first(route(Rtnetlink.INET, 0, 5, 254).end())), "multicast");
    assertNull(RouteDecoder.decode(first(route(128, 0, 1, 254).end())), "another family");
  }

  /** Bends whole messages and makes some up; all that may happen is the one exception. */
  @Test
  void bentMessages() throws Exception {
    boolean thorough = Boolean.getBoolean("sluice.long");
    List<byte[]> samples =
        List.of(
            bytes(wholeLink()),
            bytes(address(Rtnetlink.INET, V4, 24, 0x80).attribute(2, V4).end()),
            bytes(address(Rtnetlink.INET6, V6, 64, 0xc0).end()),
            bytes(route(Rtnetlink.INET, 24, 1, 254).attribute(1, V4).attribute(5, V4).end()),
            bytes(neighbour(Rtnetlink.INET6, 2, 0).attribute(1, V6).attribute(2, V4).end()),
            bytes(
                rule(Rtnetlink.INET, 24, 1, 0)
                    .attribute(2, V4)
                    .attribute(20, new byte[8])
                    .attribute(24, new byte[4])
                    .attributeU32(15, 70_000)
                    .end()));
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < (thorough ? 10_000_000 : 40_000); i++) {
      byte[] bent = samples.get(i % samples.size()).clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bent[random.nextInt(bent.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(4) == 0) {
        bent = java.util.Arrays.copyOf(bent, random.nextInt(bent.length));
      }
      try {
        NetlinkMessage message = NetlinkMessage.over(MemorySegment.ofArray(bent));
        while (message.next()) {
          Fact fact = decode(message);
          if (fact != null) {
            assertTrue(fact.toString().length() < 4000);
          }
        }
      } catch (MalformedMessageException expected) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "some were bent beyond recognition");
  }

  private static @Nullable Fact decode(NetlinkMessage message) throws MalformedMessageException {
    return switch (message.type()) {
      case Rtnetlink.NEW_LINK -> LinkDecoder.decode(message);
      case Rtnetlink.NEW_ADDRESS -> AddressDecoder.decode(message);
      case Rtnetlink.NEW_ROUTE -> RouteDecoder.decode(message);
      case Rtnetlink.NEW_RULE -> RuleDecoder.decode(message);
      case Rtnetlink.NEW_NEIGHBOUR -> NeighbourDecoder.decode(message);
      default -> null;
    };
  }

  private static byte[] bytes(NetlinkBuilder builder) {
    return builder.bytes().toArray(ValueLayout.JAVA_BYTE);
  }
}
