// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.Match;

/**
 * Where the headers of a frame begin, as far as they are there and agree with one another.
 * Reusable, by one thread at a time.
 */
final class Headers {
  private static final int ETHERNET = 14;
  private static final int TAG = 4;
  private static final int TAGS = 2;
  private static final int IP4_HEADER = 20;
  private static final int IP6_HEADER = 40;
  private static final int UNKNOWN = -1;

  private MemorySegment memory = MemorySegment.NULL;
  private long at;
  private int length;
  private int type;
  private int network;
  private int ip;
  private int protocol;
  private int transport;
  private int payload;
  private boolean fragment;

  void read(MemorySegment memory, long at, int length) {
    this.memory = memory;
    this.at = at;
    this.length = length;
    type = UNKNOWN;
    network = 0;
    ip = 0;
    protocol = UNKNOWN;
    transport = 0;
    payload = 0;
    fragment = false;
    ethernet();
  }

  int length() {
    return length;
  }

  /** The EtherType behind tags; -1 when it is not there. */
  int type() {
    return type;
  }

  /** 4 or 6, or 0 for what is neither, or contradicts itself. */
  int ip() {
    return ip;
  }

  /** Where the header of IP begins. */
  int network() {
    return network;
  }

  /** Behind the extension headers; -1 when that is beyond what is there. */
  int protocol() {
    return protocol;
  }

  boolean fragment() {
    return fragment;
  }

  /** Where the header of the transport layer begins. */
  int transport() {
    return transport;
  }

  /** Whether there is a whole header of TCP or UDP. */
  boolean ported() {
    int header = protocol == Match.TCP ? 20 : protocol == Match.UDP ? 8 : length + 1;
    return payload >= header && transport + header <= length;
  }

  int u8(int offset) {
    return memory.get(JAVA_BYTE, at + offset) & 0xff;
  }

  int u16(int offset) {
    return u8(offset) << 8 | u8(offset + 1);
  }

  private void ethernet() {
    if (length < ETHERNET) {
      return;
    }
    int found = u16(12);
    network = ETHERNET;
    for (int i = 0; i < TAGS && (found == 0x8100 || found == 0x88a8); i++) {
      if (length < network + TAG) {
        return;
      }
      found = u16(network + 2);
      network += TAG;
    }
    type = found;
    if (type == 0x0800 && length >= network + IP4_HEADER) {
      four();
    } else if (type == 0x86dd && length >= network + IP6_HEADER) {
      six();
    }
  }

  private void four() {
    int words = u8(network) & 15;
    int total = u16(network + 2);
    if (u8(network) >> 4 != 4 || words < 5 || total < 4 * words || network + 4 * words > length) {
      return;
    }
    ip = 4;
    protocol = u8(network + 9);
    transport = network + 4 * words;
    payload = total - 4 * words;
    fragment = (u16(network + 6) & 0x3fff) != 0;
  }

  private void six() {
    if (u8(network) >> 4 != 6) {
      return;
    }
    ip = 6;
    int next = u8(network + 6);
    transport = network + IP6_HEADER;
    payload = u16(network + 4);
    for (int i = 0; i < Match.EXTENSIONS && extension(next) && !fragment; i++) {
      if (transport + 8 > length) {
        return;
      }
      int size =
          switch (next) {
            case 44 -> 8;
            case 51 -> (u8(transport + 1) + 2) * 4;
            default -> (u8(transport + 1) + 1) * 8;
          };
      if (size > payload || transport + size > length) {
        return;
      }
      fragment = next == 44 && (u16(transport + 2) & 0xfff9) != 0;
      next = u8(transport);
      transport += size;
      payload -= size;
    }
    if (!extension(next)) {
      protocol = next;
    }
  }

  private static boolean extension(int number) {
    return number == 0 || number == 43 || number == 44 || number == 51 || number == 60;
  }
}
