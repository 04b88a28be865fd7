// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.Match;
import org.sluice.packet.proto.Matcher;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;
import org.sluice.sys.MappedMemory;
import org.sluice.sys.PageKind;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.EbpfCode;
import org.sluice.sys.xdp.XdpSocket;

/** The kernel runs the programs, and must say what {@link Matcher} says. */
final class MatchProgramTest {
  private static final int TAKEN = 4;
  private static final int PASSED = 2;
  private static final int ROUNDS = Boolean.getBoolean("sluice.long") ? 2_000_000 : 20_000;

  @BeforeEach
  void privileged() throws Exception {
    assumeTrue(
        Capabilities.current()
            .missing(Set.of(Capability.CAP_BPF, Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW))
            .isEmpty(),
        "loading programs needs CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "everything",
        "arp",
        "ethertype 0x88b5",
        "ethertype 0x8100",
        "udp",
        "udp port 9000",
        "tcp",
        "tcp port 80",
        "icmp or icmp6",
        "proto 60",
        "proto 50",
        "to 192.0.2.7",
        "to 192.0.2.7 port 9000",
        "to fd00::7",
        "group 239.1.2.3",
        "group ff02::1 port 5004",
        "to 192.0.2.7 or arp or tcp port 80 or udp port 53 or group ff02::1"
      })
  void theKernelSaysWhatTheMatcherSays(String text) throws Exception {
    Match match = Match.parse(text);
    Matcher matcher = Matcher.of(match);
    Frames frames = new Frames(new Random(text.hashCode()));
    int taken = 0;
    try (Program program = new Program(Map.of(0, match))) {
      for (int i = 0; i < ROUNDS; i++) {
        byte[] frame = frames.next();
        boolean wanted = matcher.matches(MemorySegment.ofArray(frame), 0, frame.length);
        int said = program.run(frame);
        if (said != (wanted ? TAKEN : PASSED)) {
          throw new AssertionError(
              "%s: the program said %d to %s; the matcher %s"
                  .formatted(text, said, HexFormat.of().formatHex(frame), wanted));
        }
        taken += wanted ? 1 : 0;
      }
    }
    assertTrue(taken > 0, "no frame matched, so nothing was shown");
    assertTrue(text.equals("everything") || taken < ROUNDS, "every frame matched");
  }

  @Test
  void queuesTakeDifferentThings() throws Exception {
    byte[] arp = new byte[60];
    arp[12] = 8;
    arp[13] = 6;
    try (Program program = new Program(Map.of(0, Match.arp(), 1, Match.udp(53)))) {
      assertEquals(TAKEN, program.run(arp));
    }
    try (Program program = new Program(Map.of(0, Match.udp(53), 1, Match.arp()))) {
      assertEquals(PASSED, program.run(arp));
    }
    try (Program program = new Program(Map.of())) {
      assertEquals(PASSED, program.run(arp));
    }
  }

  @Test
  void theListingTellsWhatTheProgramDoes() throws Exception {
    try (BpfMap map = BpfMap.create("test", BpfMap.Kind.SOCKETS, 4, 1)) {
      String listing = MatchProgram.of(Map.of(0, Match.arp()), map).listing();
      for (String line :
          List.of("r6 = r1", "if r9 == 0x806 goto", "r3 = 2", "call redirect_map", "exit")) {
        assertTrue(listing.contains(line), listing);
      }
    }
  }

  /** A program with a socket in its map, so that what it takes can be told from what it passes. */
  private static final class Program implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final BpfMap map;
    private final XdpSocket socket;
    private final BpfProgram program;

    Program(Map<Integer, Match> matches) throws Exception {
      map = BpfMap.create("test", BpfMap.Kind.SOCKETS, 4, 2);
      socket =
          XdpSocket.open("test", MappedMemory.map(arena, 1 << 17, PageKind.SMALL).segment(), 2048);
      socket.enter(map, 0);
      EbpfCode code = MatchProgram.of(matches, map);
      program = BpfProgram.load("test", code, false);
    }

    int run(byte[] frame) throws Exception {
      return program.run(frame).verdict();
    }

    @Override
    public void close() {
      program.close();
      socket.close();
      map.close();
      arena.close();
    }
  }

  /** Frames that are nearly right, most of them, in every way that a match looks at. */
  private static final class Frames {
    private static final int[] TYPES = {
      0x0800, 0x0800, 0x0800, 0x86dd, 0x86dd, 0x86dd, 0x0806, 0x88b5, 0x8100, 0x88a8, 0x05dc
    };
    private static final int[] PROTOCOLS = {17, 17, 17, 6, 6, 1, 58, 50, 59, 60, 0, 43, 44, 51};
    private static final int[] EXTENSIONS = {0, 43, 44, 51, 60, 60, 44};
    private static final int[] PORTS = {9000, 80, 53, 5004, 9001, 0};
    private static final List<String> ADDRESSES =
        List.of(
            "c0000207",
            "ef010203",
            "c0000208",
            "fd000000000000000000000000000007",
            "ff020000000000000000000000000001",
            "fd000000000000000000000000000008");

    private final Random random;

    Frames(Random random) {
      this.random = random;
    }

    byte[] next() {
      ByteBuffer out = ByteBuffer.allocate(400);
      out.put(new byte[12]);
      int tags = random.nextInt(6) == 0 ? 1 + random.nextInt(3) : 0;
      for (int i = 0; i < tags; i++) {
        out.putShort((short) (random.nextBoolean() ? 0x8100 : 0x88a8));
        out.putShort((short) random.nextInt(4096));
      }
      int type = one(TYPES);
      out.putShort((short) type);
      if (type == 0x0800) {
        four(out);
      } else if (type == 0x86dd) {
        six(out);
      } else {
        out.put(new byte[random.nextInt(60)]);
      }
      byte[] frame = java.util.Arrays.copyOf(out.array(), out.position());
      if (random.nextInt(8) == 0) {
        frame = java.util.Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13));
      }
      for (int i = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0; i > 0; i--) {
        frame[12 + random.nextInt(frame.length - 12)] ^= (byte) (1 << random.nextInt(8));
      }
      return java.util.Arrays.copyOf(frame, Math.max(14, frame.length));
    }

    private void four(ByteBuffer out) {
      int begin = out.position();
      int ihl = random.nextInt(5) == 0 ? 5 + random.nextInt(11) : 5;
      int protocol = one(PROTOCOLS);
      out.put((byte) (0x40 | ihl)).put((byte) 0).putShort((short) 0);
      out.putShort((short) 0);
      out.putShort(
          (short) (random.nextInt(6) == 0 ? random.nextInt(0x4000) : random.nextInt(2) * 0x4000));
      out.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(0x0a000001);
      out.putInt(HexFormat.fromHexDigits(ADDRESSES.get(random.nextInt(3))));
      out.put(new byte[(ihl - 5) * 4]);
      transport(out);
      int total = out.position() - begin + (random.nextInt(8) == 0 ? random.nextInt(60) - 40 : 0);
      out.putShort(begin + 2, (short) Math.max(0, total));
    }

    private void six(ByteBuffer out) {
      int begin = out.position();
      out.putInt(0x60000000).putShort((short) 0).put((byte) 0).put((byte) 64);
      out.put(new byte[16]).put(HexFormat.of().parseHex(ADDRESSES.get(3 + random.nextInt(3))));
      int next = begin + 6;
      for (int i = random.nextInt(3) == 0 ? random.nextInt(6) : 0; i > 0; i--) {
        int kind = one(EXTENSIONS);
        out.put(next, (byte) kind);
        next = out.position();
        int length = kind == 44 ? 8 : 8 + 8 * random.nextInt(3);
        out.put((byte) 0).put((byte) (kind == 51 ? length / 4 - 2 : length / 8 - 1));
        boolean fragment = kind == 44 && random.nextInt(3) == 0;
        out.putShort((short) (fragment ? random.nextInt(0x10000) : 0));
        out.put(new byte[length - 4]);
      }
      out.put(next, (byte) one(PROTOCOLS));
      transport(out);
      int payload =
          out.position() - begin - 40 + (random.nextInt(8) == 0 ? random.nextInt(60) - 40 : 0);
      out.putShort(begin + 4, (short) Math.max(0, payload));
    }

    private void transport(ByteBuffer out) {
      out.putShort((short) 1234).putShort((short) one(PORTS));
      out.put(new byte[random.nextInt(40)]);
    }

    private int one(int[] of) {
      return of[random.nextInt(of.length)];
    }
  }
}
