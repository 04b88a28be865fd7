// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import java.util.List;
import java.util.Map;

/**
 * What can be set on a socket besides its address.
 *
 * @param receiveBuffer bytes that the kernel keeps until they are received; 0 for its default
 * @param sendBuffer bytes that the kernel keeps until they have left; 0 for its default
 * @param reuseAddress whether a foreign process that agrees may bind the same address, as those do
 *     that hear the same multicast
 * @param broadcast whether datagrams to broadcast addresses may leave
 * @param multicastTtl how far multicast travels; -1 for the kernel's default, which is one hop
 * @param multicastLoop whether this host hears what it sends to a group
 * @param segments whether runs of datagrams of one length to one receiver leave as one, to be cut
 *     by the kernel or the interface
 */
public record UdpTuning(
    int receiveBuffer,
    int sendBuffer,
    boolean reuseAddress,
    boolean broadcast,
    int multicastTtl,
    boolean multicastLoop,
    boolean segments) {
  private static final String SEND_BUFFER = "sendBuffer";
  private static final String REUSE_ADDRESS = "reuseAddress";
  private static final String BROADCAST = "broadcast";
  private static final String MULTICAST_TTL = "multicastTtl";
  private static final String MULTICAST_LOOP = "multicastLoop";
  private static final String SEGMENTS = "segments";
  private static final List<String> KEYS =
      List.of(SEND_BUFFER, REUSE_ADDRESS, BROADCAST, MULTICAST_TTL, MULTICAST_LOOP, SEGMENTS);
  private static final int LARGEST_BUFFER = 1 << 30;

  /**
   * Reads the options that begin with the owner's name and a dot; others are not its own.
   *
   * @throws IllegalArgumentException when a key is unknown or a value is wrong
   */
  public static UdpTuning of(String owner, Map<String, String> options, int receiveBuffer) {
    Keys keys = new Keys(owner, options);
    keys.unknown();
    return new UdpTuning(
        receiveBuffer,
        keys.number(SEND_BUFFER, 0, LARGEST_BUFFER, 0),
        keys.flag(REUSE_ADDRESS, false),
        keys.flag(BROADCAST, false),
        keys.number(MULTICAST_TTL, 0, 255, -1),
        keys.flag(MULTICAST_LOOP, true),
        keys.flag(SEGMENTS, true));
  }

  private record Keys(String owner, Map<String, String> options) {
    void unknown() {
      String prefix = owner + ".";
      for (String key : options.keySet()) {
        if (key.startsWith(prefix) && !KEYS.contains(key.substring(prefix.length()))) {
          throw new IllegalArgumentException(
              "option %s is unknown; did you mean %s%s? There are %s"
                  .formatted(
                      key,
                      prefix,
                      nearest(key.substring(prefix.length())),
                      String.join(", ", KEYS)));
        }
      }
    }

    int number(String key, int least, int most, int otherwise) {
      String text = options.get(owner + "." + key);
      if (text == null) {
        return otherwise;
      }
      try {
        int number = Integer.parseInt(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below, like a number out of range
      }
      throw wrong(key, text, "a number from " + least + " to " + most);
    }

    boolean flag(String key, boolean otherwise) {
      String text = options.get(owner + "." + key);
      if (text == null) {
        return otherwise;
      }
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw wrong(key, text, "true or false");
      };
    }

    private IllegalArgumentException wrong(String key, String text, String allowed) {
      return new IllegalArgumentException(
          "option %s.%s is '%s'; it must be %s".formatted(owner, key, text, allowed));
    }

    private static String nearest(String word) {
      String best = KEYS.getFirst();
      int least = Integer.MAX_VALUE;
      for (String key : KEYS) {
        int distance = distance(word, key);
        if (distance < least) {
          least = distance;
          best = key;
        }
      }
      return best;
    }

    /** How many letters must be changed, added or left out to make one of the other. */
    private static int distance(String a, String b) {
      int[] row = new int[b.length() + 1];
      for (int j = 0; j < row.length; j++) {
        row[j] = j;
      }
      for (int i = 1; i <= a.length(); i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j < row.length; j++) {
          int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
          diagonal = row[j];
          row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
        }
      }
      return row[b.length()];
    }
  }
}
