// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a {@link FramePort} is to be. Begin with {@link #on} and change what is to be different:
 *
 * <pre>{@code FrameSpec.on("eth0").matching(Match.udp(53)).chunks(8192)}</pre>
 *
 * @param name of the interface
 * @param match what is received; everything else stays with the kernel
 * @param queues of the interface that are used; empty for all
 * @param ring how many places a ring has; a power of two
 * @param options keys that only some drivers know
 */
public record FrameSpec(
    String name,
    Match match,
    Direction direction,
    List<Integer> queues,
    int chunks,
    int chunkSize,
    int ring,
    Pages pages,
    Map<String, String> options)
    implements PortSpec<FramePort> {

  public FrameSpec {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a port of frames needs the name of an interface");
    }
    Sizes.powerOfTwo("chunks", chunks, 64, 1 << 24);
    Sizes.powerOfTwo("chunkSize", chunkSize, 2048, 1 << 16);
    Sizes.powerOfTwo("ring", ring, 16, 1 << 20);
    for (int queue : queues) {
      if (queue < 0) {
        throw new IllegalArgumentException("queues are counted from 0; there is no " + queue);
      }
    }
    if (queues.stream().distinct().count() != queues.size()) {
      throw new IllegalArgumentException("a queue is named twice in " + queues);
    }
    queues = List.copyOf(queues);
    options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
  }

  /** Everything that arrives at any queue of an interface, and sending. */
  public static FrameSpec on(String link) {
    return new FrameSpec(
        link,
        Match.everything(),
        Direction.BOTH,
        List.of(),
        4096,
        2048,
        2048,
        Pages.AUTO,
        Map.of());
  }

  @Override
  public Optional<String> link() {
    return Optional.of(name);
  }

  public FrameSpec matching(Match match) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec only(Direction direction) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec queues(Integer... queues) {
    return new FrameSpec(
        name, match, direction, List.of(queues), chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec chunks(int chunks) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec chunkSize(int chunkSize) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec ring(int ring) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  public FrameSpec pages(Pages pages) {
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, options);
  }

  /** With a key that only some drivers know: {@code xdp.attach}. */
  public FrameSpec option(String key, String value) {
    Map<String, String> more = new TreeMap<>(options);
    more.put(key, value);
    return new FrameSpec(name, match, direction, queues, chunks, chunkSize, ring, pages, more);
  }
}
