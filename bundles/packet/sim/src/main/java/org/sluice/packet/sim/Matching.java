// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.util.List;
import java.util.stream.Stream;
import org.sluice.packet.api.Match;

/** Tells whether a frame is for the port. */
final class Matching {
  private final Match match;
  private final Match[] leaves;
  private final byte[][] addresses;

  Matching(Match match) {
    this.match = match;
    leaves = leaves(match).toArray(Match[]::new);
    addresses =
        Stream.of(leaves)
            .map(
                leaf ->
                    leaf instanceof Match.Destination(var address, int port)
                        ? address.getAddress()
                        : new byte[0])
            .toArray(byte[][]::new);
  }

  private static Stream<Match> leaves(Match match) {
    return match instanceof Match.AnyOf(List<Match> matches)
        ? matches.stream().flatMap(Matching::leaves)
        : Stream.of(match);
  }

  boolean takes(Headers headers) {
    for (int i = 0; i < leaves.length; i++) {
      if (takes(leaves[i], addresses[i], headers)) {
        return true;
      }
    }
    return false;
  }

  private static boolean takes(Match leaf, byte[] address, Headers headers) {
    return switch (leaf) {
      case Match.Everything everything -> true;
      case Match.EtherType type -> headers.type() == type.type();
      case Match.Transport transport ->
          headers.ip() != 0
              && headers.protocol() == transport.protocol()
              && toPort(headers, transport.port());
      case Match.Destination destination ->
          to(headers, address)
              && (destination.port() == 0
                  || (headers.protocol() == Match.UDP && toPort(headers, destination.port())));
      case Match.AnyOf several -> false;
    };
  }

  private static boolean toPort(Headers headers, int port) {
    return port == 0
        || (headers.ported()
            && !headers.fragment()
            && headers.u16(headers.transport() + 2) == port);
  }

  private static boolean to(Headers headers, byte[] address) {
    if (headers.ip() != (address.length == 4 ? 4 : 6)) {
      return false;
    }
    int at = headers.network() + (address.length == 4 ? 16 : 24);
    for (int i = 0; i < address.length; i++) {
      if (headers.u8(at + i) != (address[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return match.toString();
  }
}
