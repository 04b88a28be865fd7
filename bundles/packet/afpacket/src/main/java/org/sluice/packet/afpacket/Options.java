// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sluice.sys.socket.Fanout;

/**
 * The options of this driver, as {@link PacketSocketDriver} documents them.
 *
 * @param fanout with which other ports what arrives is shared; empty for none
 * @param blocks whether packets come by shared memory, and not by calls
 */
record Options(Optional<Fanout> fanout, boolean blocks, boolean bypass, boolean promiscuous) {
  private static final String PREFIX = "afpacket.";
  private static final String FANOUT = "afpacket.fanout";
  private static final String DEFRAGMENT = "afpacket.defragment";
  private static final String RECEIVE = "afpacket.receive";
  private static final String BYPASS = "afpacket.bypass";
  private static final String PROMISCUOUS = "afpacket.promiscuous";
  private static final List<String> KNOWN =
      List.of(FANOUT, DEFRAGMENT, RECEIVE, BYPASS, PROMISCUOUS);

  /**
   * @param options of a specification; those of other drivers are passed over
   * @throws IllegalArgumentException with a message that names the key and what could stand there
   */
  static Options of(Map<String, String> options) {
    for (String key : options.keySet()) {
      if (key.startsWith(PREFIX) && !KNOWN.contains(key)) {
        throw new IllegalArgumentException(
            "there is no option %s; the nearest one is %s".formatted(key, nearest(key)));
      }
    }
    boolean defragment = yes(options, DEFRAGMENT);
    Optional<Fanout> fanout = fanout(options.getOrDefault(FANOUT, "none"), defragment);
    if (defragment && fanout.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is for ports that share what arrives; set %s too".formatted(DEFRAGMENT, FANOUT));
    }
    return new Options(
        fanout,
        chosen(options, RECEIVE, "calls", "blocks"),
        yes(options, BYPASS),
        yes(options, PROMISCUOUS));
  }

  private static Optional<Fanout> fanout(String text, boolean defragment) {
    if (text.equals("none")) {
      return Optional.empty();
    }
    int colon = text.indexOf(':');
    try {
      Fanout.Choice choice =
          Fanout.Choice.valueOf(text.substring(0, Math.max(0, colon)).toUpperCase(Locale.ROOT));
      return Optional.of(
          new Fanout(choice, Integer.parseInt(text.substring(colon + 1)), defragment));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s is '%s'; it is none, or hash, balance, cpu or queue, a colon, and the number of a group from 0 to 65535: hash:7"
              .formatted(FANOUT, text),
          e);
    }
  }

  private static boolean yes(Map<String, String> options, String key) {
    return chosen(options, key, "false", "true");
  }

  /** Whether it is the second of two words; it is the first where nothing is said. */
  private static boolean chosen(
      Map<String, String> options, String key, String first, String second) {
    String value = options.getOrDefault(key, first);
    if (!value.equals(first) && !value.equals(second)) {
      throw new IllegalArgumentException(
          "%s is '%s'; it is %s or %s".formatted(key, value, first, second));
    }
    return value.equals(second);
  }

  private static String nearest(String key) {
    String best = KNOWN.get(0);
    for (String known : KNOWN) {
      if (distance(key, known) < distance(key, best)) {
        best = known;
      }
    }
    return best;
  }

  /** How many letters must be put in, left out or changed to make one word the other. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
