// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortStatistics;

/**
 * What the kernel lets through, compared with a plain reading of {@link Match}: every frame goes to
 * a port that takes everything and to one that takes what matches.
 */
class MatchFilterTest {
  private static final long SEED = Long.getLong("sluice.seed", 4711);
  private static final Match MARK = new Match.EtherType(0x88b6);
  private static final int ROUND = 500;

  private static Veth veth;

  @BeforeAll
  static void plug() throws Exception {
    assumeTrue(Veth.possible(), "needs root");
    veth = new Veth("calls");
  }

  @AfterAll
  static void unplug() throws Exception {
    if (veth != null) {
      veth.close();
    }
  }

  private static final List<String> MATCHES =
      List.of(
          "everything",
          "arp",
          "ethertype 0x88b5",
          "udp",
          "tcp",
          "icmp",
          "icmp6",
          "proto 60",
          "udp port 53",
          "tcp port 80",
          "to 192.0.2.7",
          "to 2001:db8::7",
          "group 239.1.2.3",
          "group ff02::1 port 5004",
          "to 192.0.2.7 port 53",
          "udp port 53 or tcp port 80 or to 2001:db8::7 port 9 or arp or to 192.0.2.7 or icmp6");

  @Test
  void takesWhatMatches() throws Exception {
    for (String text : MATCHES) {
      compare(Match.parse(text), 3_000, SEED);
    }
  }

  @Test
  void takesWhatMatchesOneOfMany() throws Exception {
    Match many =
        IntStream.range(0, 400)
            .mapToObj(i -> Match.udp(i % 2 == 0 ? 53 + i : 20_000 + i))
            .reduce(Match.arp(), Match::or);
    for (String to : List.of("192.0.2.7", "2001:db8::7")) {
      many = many.or(Match.parse("to " + to + " port 80"));
    }
    assertTrue(MatchFilter.of(many, List.of()).instructions().size() > 800);
    compare(many, 3_000, SEED + 1);
  }

  @Test
  void refusesWhatIsTooLong() {
    Match many = IntStream.range(1, 5_000).mapToObj(Match::udp).reduce(Match.arp(), Match::or);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> MatchFilter.of(many, List.of()));
    assertTrue(String.valueOf(e.getMessage()).contains("4096"), e::getMessage);
  }

  @Test
  void survivesAnything() throws Exception {
    int frames = Boolean.getBoolean("sluice.long") ? 1_000_000 : 100_000;
    compare(Match.parse(MATCHES.get(MATCHES.size() - 1)), frames, SEED + 2);
  }

  private static void compare(Match match, int count, long seed) throws Exception {
    Random random = new Random(seed);
    try (FramePort out = veth.openA(FrameSpec.on("a0").matching(MARK));
        FramePort all = veth.openB(FrameSpec.on("b0"));
        FramePort some =
            veth.openB(
                FrameSpec.on("b0").matching(match.or(MARK)).option("afpacket.receive", "blocks"))) {
      int matched = 0;
      int arrived = 0;
      for (int left = count; left > 0; left -= ROUND) {
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < ROUND; i++) {
          sent.add(new Crafted(random).frame());
        }
        byte[] mark = new byte[60];
        mark[6] = 2;
        mark[12] = (byte) 0x88;
        mark[13] = (byte) 0xb6;
        sent.add(mark);
        Veth.pinned(
            () -> {
              Veth.send(out, sent);
              return "";
            });
        List<byte[]> reference = untilMark(all);
        List<byte[]> expected =
            reference.stream()
                .filter(frame -> Reading.matches(match, frame) || Reading.matches(MARK, frame))
                .toList();
        List<byte[]> actual = untilMark(some);
        same(match, expected, actual, seed);
        arrived += reference.size();
        matched += expected.size() - 1;
      }
      PortStatistics statistics = some.statistics();
      assertEquals(0, statistics.receiveDropped() + statistics.receiveInvalid());
      assertTrue(arrived > count * 9 / 10, "only " + arrived + " arrived");
      assertTrue(matched > 0, "nothing matched " + match);
      assertEquals(0, some.report().census().missing());
      assertEquals(0, all.report().census().missing());
      assertEquals(0, all.report().census().held());
    }
  }

  private static void same(Match match, List<byte[]> expected, List<byte[]> actual, long seed) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      int at = i;
      assertArrayEquals(
          expected.get(i),
          actual.get(i),
          () ->
              match
                  + " seed "
                  + seed
                  + ": expected "
                  + HexFormat.of().formatHex(expected.get(at))
                  + " but was "
                  + HexFormat.of().formatHex(actual.get(at)));
    }
    assertEquals(expected.size(), actual.size());
  }

  private static List<byte[]> untilMark(FramePort port) {
    List<byte[]> got = new ArrayList<>();
    FrameBatch batch = new FrameBatch(64);
    Veth.until(
        "the mark",
        () -> {
          port.await(1_000_000);
          port.receive(batch);
          Veth.collect(batch, got);
          port.release(batch);
          return !got.isEmpty() && mark(got.get(got.size() - 1));
        });
    return got;
  }

  private static boolean mark(byte[] frame) {
    return frame.length == 60 && frame[12] == (byte) 0x88 && frame[13] == (byte) 0xb6;
  }
}
