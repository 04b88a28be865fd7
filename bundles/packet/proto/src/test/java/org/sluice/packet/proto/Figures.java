// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.sluice.packet.api.Match;

/**
 * Measures what a packet costs, on 256 packets that lie 2 KiB apart. Run it with the classes of the
 * tests; each figure is the median of eleven rounds.
 */
final class Figures {
  private static final int PACKETS = 256;
  private static final int APART = 2048;
  private static final int TIMES = 4000;

  private final MemorySegment memory = Arena.global().allocate((long) PACKETS * APART, 4096);
  private final Layers layers = new Layers();
  private final Matcher matcher = Matcher.of(Match.udp(53));
  private final Ipv4 four = new Ipv4();
  private final Udp udp = new Udp();
  private long sink;

  private interface Job {
    void run(int times);
  }

  public static void main(String[] arguments) {
    Figures figures = new Figures();
    figures.prepare();
    figures.measure("layers: Ethernet, IPv4, UDP", figures::parse);
    figures.measure("views: IPv4 and UDP, checksum of IP", figures::views);
    figures.measure("matcher: udp port 53", figures::match);
    figures.measure("checksum of 64 bytes", times -> figures.sum(times, 64));
    figures.measure("checksum of 1500 bytes", times -> figures.sum(times, 1500));
    figures.measure("slow checksum of 1500 bytes", times -> figures.slow(times / 50));
    System.out.println(figures.sink == 1 ? "" : "-");
  }

  private void prepare() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < PACKETS; i++) {
      long at = (long) i * APART;
      for (int k = 0; k < 1600; k++) {
        Wire.u8(memory, at + k, random.nextInt());
      }
      Ethernet.write(memory, at, 0x0200_5e10_0002L, 0x0200_5e10_0001L, Ethernet.IPV4);
      Ipv4.write(memory, at + 14, 46, i, 0, 64, 17, 0xc000_0201, 0xc000_0202);
      Udp.write(memory, at + 34, 5000, 53, 26);
    }
  }

  private void measure(String what, Job job) {
    double[] rounds = new double[11];
    for (int round = -5; round < rounds.length; round++) {
      long begin = System.nanoTime();
      job.run(TIMES);
      if (round >= 0) {
        int times = what.startsWith("slow") ? TIMES / 50 : TIMES;
        rounds[round] = (System.nanoTime() - begin) / ((double) times * PACKETS);
      }
    }
    Arrays.sort(rounds);
    System.out.printf("%-40s %8.2f ns%n", what, rounds[5]);
  }

  private void parse(int times) {
    for (int i = 0; i < times; i++) {
      for (int k = 0; k < PACKETS; k++) {
        if (layers.parse(memory, (long) k * APART, 60) == Refusal.NONE) {
          sink += layers.destinationPort() + layers.payloadLength();
        }
      }
    }
  }

  private void views(int times) {
    for (int i = 0; i < times; i++) {
      for (int k = 0; k < PACKETS; k++) {
        if (four.wrap(memory, (long) k * APART + 14, 46) == Refusal.NONE
            && four.verify()
            && udp.wrap(memory, four.payload(), four.payloadLength()) == Refusal.NONE) {
          sink += udp.destinationPort() + udp.payloadLength();
        }
      }
    }
  }

  private void match(int times) {
    for (int i = 0; i < times; i++) {
      for (int k = 0; k < PACKETS; k++) {
        sink += matcher.matches(memory, (long) k * APART, 60) ? 1 : 0;
      }
    }
  }

  private void sum(int times, int length) {
    long sum = 0;
    for (int i = 0; i < times; i++) {
      for (int k = 0; k < PACKETS; k++) {
        sum += Checksum.sum(memory, (long) k * APART + 14, length);
      }
    }
    sink += sum;
  }

  private void slow(int times) {
    for (int i = 0; i < times; i++) {
      for (int k = 0; k < PACKETS; k++) {
        long at = (long) k * APART + 14;
        int sum = 0;
        for (int b = 0; b < 1500; b += 2) {
          sum += Wire.u16(memory, at + b);
        }
        sink += sum;
      }
    }
  }
}
