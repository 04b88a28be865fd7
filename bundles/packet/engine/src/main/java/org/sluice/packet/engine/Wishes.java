// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.framework.ServiceReference;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PacketHandler;

/** What handlers ask of their port beyond what it receives, by the properties they have. */
final class Wishes {
  private Wishes() {}

  /**
   * @throws IllegalArgumentException when they cannot be meant
   */
  static Map<String, String> of(ServiceReference<PacketHandler> reference) {
    Map<String, String> wishes = new TreeMap<>();
    for (String key : reference.getPropertyKeys()) {
      if (key.equals(PacketHandler.CHUNKS)
          || key.equals(PacketHandler.RING)
          || key.startsWith(PacketHandler.OPTION)) {
        String value = String.valueOf(reference.getProperty(key)).strip();
        if (!value.isEmpty()) {
          wishes.put(key, value);
        }
      }
    }
    apply(wishes, FrameSpec.on("any"));
    return wishes;
  }

  static FrameSpec apply(Map<String, String> wishes, FrameSpec spec) {
    FrameSpec made = spec;
    for (Map.Entry<String, String> wish : wishes.entrySet()) {
      String key = wish.getKey();
      made =
          switch (key) {
            case PacketHandler.CHUNKS -> made.chunks(number(key, wish.getValue()));
            case PacketHandler.RING -> made.ring(number(key, wish.getValue()));
            default -> made.option(key.substring(PacketHandler.OPTION.length()), wish.getValue());
          };
    }
    return made;
  }

  /** What one asks for that another one has otherwise, in words. */
  static Optional<String> contradiction(Map<String, String> wishes, Map<String, String> others) {
    return wishes.entrySet().stream()
        .filter(
            wish -> !others.getOrDefault(wish.getKey(), wish.getValue()).equals(wish.getValue()))
        .findFirst()
        .map(
            wish ->
                "its property %s is %s, but another handler of the same queue has %s"
                    .formatted(wish.getKey(), wish.getValue(), others.get(wish.getKey())));
  }

  private static int number(String key, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "its property " + key + " must be a number, not " + value, e);
    }
  }
}
