// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;

/**
 * Frames that somebody wants to be sent, as they were given; {@link #check} tells whether they can
 * be.
 */
record Outgoing(List<byte[]> frames) {
  private static final int SHORTEST = 14;
  private static final int HEADER_AND_TAG = 18;
  private static final long MOST_BYTES = 64L << 20;

  /**
   * @param hex one frame; blanks, colons and dashes between bytes do not count
   */
  static Outgoing hex(String hex) {
    String digits = hex.replaceAll("[\\s:-]", "");
    try {
      return new Outgoing(List.of(HexFormat.of().parseHex(digits)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--hex is one frame in hex, two digits a byte: 'ffffffffffff 020000000001 88b5 0102'; "
              + e.getMessage(),
          e);
    }
  }

  static Outgoing pcap(String file) {
    try {
      return new Outgoing(Pcap.read(Path.of(file), MOST_BYTES));
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
    }
  }

  int longest() {
    return frames.stream().mapToInt(frame -> frame.length).max().orElse(0);
  }

  /**
   * @throws IllegalArgumentException when not all of them can be sent there, with the reason
   */
  void check(String link) {
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("there is no frame to send");
    }
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i).length < SHORTEST) {
        throw new IllegalArgumentException(
            "frame %d has %d bytes; one of Ethernet has %d or more: two addresses and a type"
                .formatted(i + 1, frames.get(i).length, SHORTEST));
      }
    }
    try (NetworkInterface on = NetworkInterface.open(link)) {
      InterfaceFacts facts = on.facts();
      if (!facts.up() || !facts.running()) {
        throw new IllegalArgumentException(
            facts.up()
                ? link
                    + " has no carrier, so nothing can leave; is the other end plugged in and up?"
                : link + " is down, so nothing can leave; ip link set " + link + " up");
      }
      if (longest() > facts.mtu() + HEADER_AND_TAG) {
        throw new IllegalArgumentException(
            "a frame of %d bytes does not leave by %s, whose MTU is %d: at most %d with header and tag"
                .formatted(longest(), link, facts.mtu(), facts.mtu() + HEADER_AND_TAG));
      }
    } catch (SysException e) {
      throw new IllegalArgumentException(e.getMessage() + "; see 'link:list'", e);
    }
  }

  /** The shortest chunk that the longest of them fits into, with the room that drivers want. */
  int chunkSize() {
    int size = 2048;
    while (size < longest() + 512) {
      size *= 2;
    }
    return size;
  }
}
