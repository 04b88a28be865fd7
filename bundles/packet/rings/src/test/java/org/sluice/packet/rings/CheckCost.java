// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.util.Arrays;

/**
 * What the checked twin costs: nanoseconds for a packet that is received and given back to the fill
 * ring, with and without it. Run by hand.
 */
final class CheckCost {
  private static final int PACKETS = 4_000_000;

  private CheckCost() {}

  public static void main(String[] arguments) throws Exception {
    for (int warm = 0; warm < 4; warm++) {
      for (boolean checked : new boolean[] {false, true}) {
        double[] runs = new double[5];
        for (int i = 0; i < runs.length; i++) {
          runs[i] = run(checked);
        }
        Arrays.sort(runs);
        System.out.printf(
            "%s: %.1f ns a packet (%.1f to %.1f)%n",
            checked ? "checked  " : "unchecked", runs[2], runs[0], runs[4]);
      }
    }
  }

  private static double run(boolean checked) throws Exception {
    EchoKernel kernel = new EchoKernel(4096, 2048);
    try (RawRings rings = RawRings.of(kernel.port, checked)) {
      RawLane lane = rings.lanes().getFirst();
      ReceiveRing receive = lane.receive();
      FillRing fill = lane.fill();
      long[] words = new long[128];
      long[] chunks = new long[64];
      long time = 0;
      for (int done = 0; done < PACKETS; done += 64) {
        for (int i = 0; i < 64; i++) {
          kernel.arrives(60);
        }
        long begin = System.nanoTime();
        move(receive, fill, words, chunks);
        time += System.nanoTime() - begin;
      }
      return time / (double) PACKETS;
    }
  }

  private static void move(ReceiveRing receive, FillRing fill, long[] words, long[] chunks) {
    int got = receive.peek(64);
    receive.read(words, got);
    receive.free(got);
    for (int i = 0; i < got; i++) {
      chunks[i] = words[2 * i];
    }
    fill.reserve(got);
    fill.put(chunks, got);
    fill.publish(got);
  }
}
