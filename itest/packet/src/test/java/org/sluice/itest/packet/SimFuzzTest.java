// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.sim.SimulatedNetwork;

/** Whatever a frame holds: no call fails, no chunk is lost, every frame is accounted for. */
final class SimFuzzTest {
  private static final int BATCH = 64;
  private final SplittableRandom random = new SplittableRandom(42);

  @ParameterizedTest
  @ValueSource(strings = {"everything", "udp port 53 or tcp port 80 or group ff02::1 port 5004"})
  void whateverAFrameHolds(String match) throws Exception {
    int frames = Boolean.getBoolean("sluice.long") ? 5_000_000 : 500_000;
    try (SimulatedNetwork network = new SimulatedNetwork(0)) {
      FramePort a = network.open(spec("fuzz.a").option("sim.mtu", "4000"));
      FramePort b =
          network.open(
              spec("fuzz.b")
                  .option("sim.mtu", "4000")
                  .option("sim.queues", "4")
                  .matching(Match.parse(match)));
      FrameBatch out = new FrameBatch(BATCH);
      FrameBatch in = new FrameBatch(BATCH);
      byte[][] seeds = {udp4(), udp6(), new byte[60]};
      long offered = 0;
      while (offered < frames) {
        int got = a.reserve(out, BATCH);
        for (int i = 0; i < got; i++) {
          write(out, i, seeds[random.nextInt(seeds.length)], a.chunkSize() - a.headroom());
        }
        offered += got;
        while (!out.isEmpty()) {
          a.send(out);
        }
        a.flush();
        while (b.receive(in) > 0) {
          b.release(in);
        }
        if (offered % 4096 < BATCH) {
          assertEquals(0, a.report().census().missing());
          assertEquals(0, b.report().census().missing());
        }
      }
      PortStatistics sent = a.statistics();
      PortStatistics received = b.statistics();
      assertEquals(
          sent.sent(),
          received.received()
              + received.receiveDropped()
              + received.receiveInvalid()
              + network.toHostCount("fuzz.b"));
      assertEquals(0, a.report().census().held() + b.report().census().held());
      assertEquals(0, a.report().census().missing());
      assertEquals(0, b.report().census().missing());
    }
  }

  private static FrameSpec spec(String name) {
    return FrameSpec.on(name).chunks(1024).ring(256);
  }

  private void write(FrameBatch out, int index, byte[] seed, int room) {
    int kept = random.nextInt(seed.length + 1);
    int length = Math.max(1, random.nextInt(3) == 0 ? random.nextInt(room) + 1 : kept);
    out.length(index, length);
    MemorySegment frame = out.frame(index);
    MemorySegment.copy(seed, 0, frame, JAVA_BYTE, 0, Math.min(length, seed.length));
    for (int i = random.nextInt(6); i > 0; i--) {
      int at = random.nextInt(Math.min(length, 64));
      frame.set(JAVA_BYTE, at, (byte) random.nextInt());
    }
    if (random.nextInt(20) == 0) {
      out.words()[2 * index + 1] |= (long) FrameBatch.CONTINUED << 32;
    }
  }

  private static byte[] udp4() {
    byte[] frame = new byte[80];
    frame[12] = 8;
    frame[14] = 0x45;
    frame[17] = 66;
    frame[23] = 17;
    frame[37] = 53;
    return frame;
  }

  private static byte[] udp6() throws Exception {
    byte[] frame = new byte[120];
    frame[12] = (byte) 0x86;
    frame[13] = (byte) 0xdd;
    frame[14] = 0x60;
    frame[19] = 66;
    frame[20] = 0;
    System.arraycopy(InetAddress.ofLiteral("ff02::1").getAddress(), 0, frame, 38, 16);
    frame[54] = 17;
    frame[64] = (byte) (5004 >> 8);
    frame[65] = (byte) 5004;
    frame[67] = 58;
    return frame;
  }
}
