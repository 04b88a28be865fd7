// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.util.List;

/**
 * What {@link UdpOverFrames} is to be. Begin with {@link #at} and change what is to be different.
 *
 * @param mac the address of Ethernet that frames come to and leave from
 * @param addresses of this host on the link; the first of a family is what datagrams leave from if
 *     no other is in the network of the next hop
 * @param port of UDP
 * @param vlan the number of the virtual network in the tag of every frame; 0 for none
 * @param mtu the longest packet of IP that the link takes
 * @param hops routers that a datagram may pass
 * @param groupHops routers that a datagram to a group may pass
 * @param answers whether questions for the addresses are answered; the kernel does it otherwise
 * @param reassembles whether fragments are put together; refused otherwise
 * @param reports whether routers are told about groups
 * @param link the name of the interface, for messages and memberships; empty when unknown
 * @param index of the interface, for datagrams that were received; 0 when unknown
 * @param waiting datagrams that wait for one neighbour at most
 */
public record UdpSettings(
    long mac,
    List<Prefix> addresses,
    int port,
    int vlan,
    int mtu,
    int hops,
    int groupHops,
    boolean answers,
    boolean reassembles,
    Reports reports,
    String link,
    int index,
    int waiting) {

  /** How routers are told about groups. */
  public enum Reports {
    /** Not at all: the kernel does it, or nobody needs it. */
    NONE,
    /** By IGMPv2 and MLDv2. Sources are not told by the former. */
    IGMP2,
    /** By IGMPv3 and MLDv2. */
    IGMP3
  }

  public UdpSettings {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("a port of datagrams needs an address of its own");
    }
    if (mac <= 0 || mac >>> 48 != 0 || Ethernet.group(mac)) {
      throw new IllegalArgumentException(Ethernet.text(mac) + " is no address of one interface");
    }
    within("port", port, 1, 65_535);
    within("vlan", vlan, 0, 4094);
    within("mtu", mtu, PathMtus.LEAST_FOUR, 65_535);
    within("hops", hops, 1, 255);
    within("groupHops", groupHops, 0, 255);
    within("waiting", waiting, 0, 64);
  }

  private static void within(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d; it must be from %d to %d".formatted(what, value, least, most));
    }
  }

  /**
   * One port at these addresses, beside the kernel, which answers for them.
   *
   * @param addresses such as {@code 192.0.2.7/24}
   */
  public static UdpSettings at(long mac, int port, String... addresses) {
    return new UdpSettings(
        mac,
        List.of(addresses).stream().map(Prefix::parse).toList(),
        port,
        0,
        1500,
        64,
        1,
        false,
        false,
        Reports.NONE,
        "",
        0,
        3);
  }

  public UdpSettings vlan(int vlan) {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        answers,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }

  public UdpSettings mtu(int mtu) {
    return on(mac, mtu);
  }

  /** How many routers datagrams may pass, and those to groups. */
  public UdpSettings hops(int hops, int groupHops) {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        answers,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }

  /** The same on an interface that has changed. */
  UdpSettings on(long mac, int mtu) {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        answers,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }

  /** Questions for the addresses are answered, since no kernel does it. */
  public UdpSettings answering() {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        true,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }

  /** Fragments are put together. */
  public UdpSettings reassembling() {
    return new UdpSettings(
        mac, addresses, port, vlan, mtu, hops, groupHops, answers, true, reports, link, index,
        waiting);
  }

  public UdpSettings reports(Reports reports) {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        answers,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }

  /** The interface that the frames come by. */
  public UdpSettings on(String link, int index) {
    return new UdpSettings(
        mac,
        addresses,
        port,
        vlan,
        mtu,
        hops,
        groupHops,
        answers,
        reassembles,
        reports,
        link,
        index,
        waiting);
  }
}
