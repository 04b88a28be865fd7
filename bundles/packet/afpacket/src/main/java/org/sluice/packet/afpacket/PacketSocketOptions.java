// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.driver.Options;
import org.sluice.sys.socket.Fanout;

/**
 * What can be said to this driver alone, as {@link PacketSocketDriver} documents it.
 *
 * @param fanout with which other ports what arrives is shared; empty for none
 * @param receive how packets come
 */
record PacketSocketOptions(
    Optional<Fanout> fanout, Receive receive, boolean bypass, boolean promiscuous) {
  enum Receive {
    /** By calls. */
    CALLS,
    /** By shared memory. */
    BLOCKS
  }

  /** Options of other drivers are passed over. */
  static PacketSocketOptions of(Map<String, String> all) throws PortException {
    Options options = new Options(PacketSocketDriver.NAME, all);
    boolean defragment = options.flag("defragment", false);
    PacketSocketOptions read =
        new PacketSocketOptions(
            fanout(options.text("fanout"), defragment),
            options.word("receive", Receive.CALLS),
            options.flag("bypass", false),
            options.flag("promiscuous", false));
    options.end();
    if (defragment && read.fanout.isEmpty()) {
      throw new PortException(
          "option afpacket.defragment is for ports that share what arrives; set afpacket.fanout too");
    }
    return read;
  }

  boolean blocks() {
    return receive == Receive.BLOCKS;
  }

  private static Optional<Fanout> fanout(String text, boolean defragment) throws PortException {
    if (text.isEmpty() || text.equals("none")) {
      return Optional.empty();
    }
    int colon = text.indexOf(':');
    try {
      Fanout.Choice choice =
          Fanout.Choice.valueOf(text.substring(0, Math.max(0, colon)).toUpperCase(Locale.ROOT));
      return Optional.of(
          new Fanout(choice, Integer.parseInt(text.substring(colon + 1)), defragment));
    } catch (IllegalArgumentException e) {
      throw new PortException(
          "option afpacket.fanout is '%s'; it is none, or hash, balance, cpu or queue, a colon, and the number of a group from 0 to 65535: hash:7"
              .formatted(text),
          e);
    }
  }
}
