// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a {@link DatagramPort} is to be. Begin with {@link #at} and change what is to be different.
 *
 * @param local the address to bind; of {@code ::} it hears IPv4 too, unless {@code only6}
 * @param only6 whether a socket of IPv6 hears nothing of IPv4
 * @param link the only interface that is used; empty for all
 * @param member whether other ports of this process may bind the same address too, and share what
 *     arrives: which of them, counted from 0; empty for none other
 * @param steering which member gets a datagram
 * @param groups that are joined from the start
 * @param receiveBuffer bytes that the kernel keeps until they are received; 0 for its default
 */
public record DatagramSpec(
    InetSocketAddress local,
    boolean only6,
    Optional<String> link,
    Optional<Integer> member,
    Steering steering,
    List<Membership> groups,
    int chunks,
    int chunkSize,
    int receiveBuffer,
    Pages pages,
    Map<String, String> options)
    implements PortSpec<DatagramPort> {

  /**
   * Which of the members that share an address gets a datagram.
   *
   * @param members how many there are
   * @param offset of the four bytes of the payload that decide, as a number modulo {@code members};
   *     -1 for the kernel's choice, by addresses and ports. What is shorter goes to the first
   *     member
   */
  public record Steering(int members, int offset) {
    public Steering {
      if (members < 1 || members > 1024) {
        throw new IllegalArgumentException("from 1 to 1024 share an address, not " + members);
      }
      if (offset < -1 || offset > 1024) {
        throw new IllegalArgumentException("the offset is from 0 to 1024, or -1; not " + offset);
      }
    }

    public static final Steering NONE = new Steering(1, -1);
  }

  public DatagramSpec {
    if (local.isUnresolved()) {
      throw new IllegalArgumentException(local.getHostString() + " is a name, not an address");
    }
    Sizes.powerOfTwo("chunks", chunks, 64, 1 << 24);
    Sizes.powerOfTwo("chunkSize", chunkSize, 2048, 1 << 16);
    if (receiveBuffer < 0) {
      throw new IllegalArgumentException("receiveBuffer is " + receiveBuffer);
    }
    if (member.isPresent() && (member.get() < 0 || member.get() >= steering.members())) {
      throw new IllegalArgumentException(
          "there is no member %d among %d, counted from 0"
              .formatted(member.get(), steering.members()));
    }
    groups = List.copyOf(groups);
    options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /** One port at this address, for whatever arrives from anywhere. */
  public static DatagramSpec at(InetSocketAddress local) {
    return new DatagramSpec(
        local,
        false,
        Optional.empty(),
        Optional.empty(),
        Steering.NONE,
        List.of(),
        1024,
        2048,
        0,
        Pages.AUTO,
        Map.of());
  }

  /** This port is one of several that share the address. */
  public DatagramSpec member(int index, Steering steering) {
    return new DatagramSpec(
        local,
        only6,
        link,
        Optional.of(index),
        steering,
        groups,
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        options);
  }

  /** Nothing of IPv4 is heard at {@code ::}. */
  public DatagramSpec withoutIpv4() {
    return new DatagramSpec(
        local,
        true,
        link,
        member,
        steering,
        groups,
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        options);
  }

  /** Only what comes and goes by this interface. */
  public DatagramSpec on(String link) {
    return new DatagramSpec(
        local,
        only6,
        Optional.of(link),
        member,
        steering,
        groups,
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        options);
  }

  public DatagramSpec groups(Membership... groups) {
    return new DatagramSpec(
        local,
        only6,
        link,
        member,
        steering,
        List.of(groups),
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        options);
  }

  public DatagramSpec chunks(int chunks, int chunkSize) {
    return new DatagramSpec(
        local,
        only6,
        link,
        member,
        steering,
        groups,
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        options);
  }

  public DatagramSpec receiveBuffer(int bytes) {
    return new DatagramSpec(
        local, only6, link, member, steering, groups, chunks, chunkSize, bytes, pages, options);
  }

  public DatagramSpec option(String key, String value) {
    Map<String, String> more = new TreeMap<>(options);
    more.put(key, value);
    return new DatagramSpec(
        local,
        only6,
        link,
        member,
        steering,
        groups,
        chunks,
        chunkSize,
        receiveBuffer,
        pages,
        more);
  }
}
