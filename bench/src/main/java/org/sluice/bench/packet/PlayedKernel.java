// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.sluice.packet.api.Match;
import org.sluice.packet.rings.ConsumerRing;
import org.sluice.packet.rings.Exchange;
import org.sluice.packet.rings.Lane;
import org.sluice.packet.rings.ProducerRing;
import org.sluice.packet.rings.RingPlace;
import org.sluice.packet.rings.RingPort;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;

/** The other party of rings in memory. It moves nothing but descriptors, and only when told to. */
final class PlayedKernel implements Exchange {
  private static final int CHUNKS = 4096;
  private static final int CHUNK = 2048;
  private static final int SIZE = 2048;
  private static final int STEP = 1024;
  private static final int HEADROOM = 256;

  private final Arena arena = Arena.ofShared();
  private final long[] addresses = new long[STEP];
  private final long[] words = new long[2 * STEP];
  private final RingPort port;
  private final ConsumerRing fill;
  private final ProducerRing receive;
  private final ConsumerRing transmit;
  private final ProducerRing completion;

  private PlayedKernel() throws SysException {
    RingPlace in = place(16);
    RingPlace free = place(8);
    RingPlace out = place(16);
    RingPlace done = place(8);
    fill = new ConsumerRing(free);
    receive = new ProducerRing(in);
    transmit = new ConsumerRing(out);
    completion = new ProducerRing(done);
    MemorySegment memory =
        MappedMemory.map(arena, (long) CHUNKS * CHUNK, PageKind.TRANSPARENT).segment();
    Lane lane =
        new Lane(
            "queue 0",
            new ConsumerRing(in),
            new ProducerRing(free),
            new ProducerRing(out),
            new ConsumerRing(done));
    port =
        new RingPort(
            new RingPort.Build(
                "played",
                "nowhere",
                memory,
                CHUNKS,
                CHUNK,
                HEADROOM,
                HEADROOM,
                1518,
                List.of(lane),
                this,
                () -> {}));
  }

  static PlayedKernel begin() throws SysException {
    return new PlayedKernel();
  }

  RingPort port() {
    return port;
  }

  private RingPlace place(int entry) {
    return RingPlace.in(arena.allocate(RingPlace.length(SIZE, entry), 64), SIZE);
  }

  /** Packets arrive in chunks of the fill ring. */
  int arrive() {
    int number = Math.min(fill.available(STEP), receive.room(STEP));
    fill.readAddresses(addresses, number);
    fill.free(number);
    for (int i = 0; i < number; i++) {
      words[2 * i] = (addresses[i] & -CHUNK) + HEADROOM;
      words[2 * i + 1] = 60;
    }
    receive.putDescriptors(words, 0, number);
    return number;
  }

  /** What is to be sent has been. */
  void leave() {
    int number = transmit.available(STEP);
    transmit.readDescriptors(words, number);
    transmit.free(number);
    for (int i = 0; i < number; i++) {
      addresses[i] = words[2 * i];
    }
    completion.putAddresses(addresses, number);
  }

  @Override
  public Sent transmit(int lane) {
    return Sent.DONE;
  }

  @Override
  public void refilled(int lane) {}

  @Override
  public boolean await(long nanos) {
    return false;
  }

  @Override
  public void wake() {}

  @Override
  public void match(Match match) {}

  @Override
  public Counts counts() {
    return Counts.NONE;
  }

  @Override
  public String mode() {
    return "played";
  }

  @Override
  public String state() {
    return "up";
  }

  @Override
  public Map<String, String> facts() {
    return Map.of();
  }

  @Override
  public void close() {
    arena.close();
  }
}
