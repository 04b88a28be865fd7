// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.Match;

/** A plain reading of a whole frame, tags and all, for comparison. */
final class Reading {
  private static final Set<Integer> EXTENSIONS = Set.of(0, 43, 44, 51, 60);

  private Reading() {}

  static boolean matches(Match match, byte[] frame) {
    return switch (match) {
      case Match.Everything all -> true;
      case Match.AnyOf any -> any.matches().stream().anyMatch(one -> matches(one, frame));
      default -> {
        try {
          yield one(match, frame);
        } catch (IndexOutOfBoundsException e) {
          yield false;
        }
      }
    };
  }

  private static boolean one(Match match, byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    int at = 12;
    int type = bytes.getShort(at) & 0xffff;
    for (int i = 0; i < 2 && (type == 0x8100 || type == 0x88a8); i++) {
      at += 4;
      type = bytes.getShort(at) & 0xffff;
    }
    if (match instanceof Match.EtherType(int wanted)) {
      return type == wanted;
    }
    Packet packet =
        switch (type) {
          case 0x0800 -> four(bytes, at + 2);
          case 0x86dd -> six(bytes, at + 2);
          default -> null;
        };
    if (packet == null) {
      return false;
    }
    return switch (match) {
      case Match.Transport(int protocol, int port) when port == 0 ->
          packet.chained() && packet.protocol == protocol;
      case Match.Transport(int protocol, int port) ->
          packet.protocol == protocol && packet.port(protocol) == port;
      case Match.Destination(var address, int port) ->
          packet.to.equals(ByteBuffer.wrap(address.getAddress()))
              && (port == 0 || (packet.protocol == 17 && packet.port(17) == port));
      default -> false;
    };
  }

  /**
   * @param at where the transport layer begins; -1 when the headers before it are cut off
   */
  private record Packet(
      ByteBuffer bytes, ByteBuffer to, int protocol, int at, int end, boolean fragment) {
    boolean chained() {
      return at >= 0;
    }

    int port(int protocol) {
      int header = protocol == 6 ? 20 : 8;
      return !chained() || fragment || end - at < header ? -1 : bytes.getShort(at + 2) & 0xffff;
    }
  }

  private static @Nullable Packet four(ByteBuffer bytes, int at) {
    int header = (bytes.get(at) & 0x0f) * 4;
    int total = bytes.getShort(at + 2) & 0xffff;
    if (bytes.get(at) >> 4 != 4 || header < 20 || total < header || at + total > bytes.limit()) {
      return null;
    }
    ByteBuffer to = bytes.slice(at + 16, 4);
    return new Packet(
        bytes,
        to,
        bytes.get(at + 9) & 0xff,
        at + header,
        at + total,
        (bytes.getShort(at + 6) & 0x3fff) != 0);
  }

  private static @Nullable Packet six(ByteBuffer bytes, int at) {
    int end = at + 40 + (bytes.getShort(at + 4) & 0xffff);
    if ((bytes.get(at) & 0xff) >> 4 != 6 || end > bytes.limit()) {
      return null;
    }
    ByteBuffer to = bytes.slice(at + 24, 16);
    int next = bytes.get(at + 6) & 0xff;
    int place = at + 40;
    boolean fragment = false;
    for (int i = 0; i < Match.EXTENSIONS && EXTENSIONS.contains(next); i++) {
      if (place + 8 > end) {
        return new Packet(bytes, to, next, -1, end, fragment);
      }
      int length = bytes.get(place + 1) & 0xff;
      int size = next == 44 ? 8 : next == 51 ? (length + 2) * 4 : (length + 1) * 8;
      int part = next == 44 ? bytes.getShort(place + 2) & 0xfff9 : 0;
      fragment |= part != 0;
      next = bytes.get(place) & 0xff;
      if ((part & 0xfff8) != 0) {
        break;
      }
      place += size;
      if (place > end) {
        return new Packet(bytes, to, next, -1, end, fragment);
      }
    }
    return new Packet(bytes, to, next, place, end, fragment);
  }
}
