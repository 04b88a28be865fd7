// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.Match;

class MatcherTest {
  private static final String MACS = "02005e100002 02005e100001 ";
  private static final String FOUR = "0800 4500 0020 0001 0000 4011 0000 c0000201 c0000202 ";
  private static final String UDP = "1388 0035 000c 0000 ";
  private static final String SIX_ENDS =
      "20010db8000000000000000000000001 20010db8000000000000000000000002 ";

  private static boolean matches(String match, String hex) {
    byte[] bytes = Bytes.hex(hex);
    return Matcher.of(Match.parse(match)).matches(Bytes.segment(bytes), 0, bytes.length);
  }

  private static String six(int length, int next) {
    return MACS + "86dd 6000 0000 %04x %02x 40 ".formatted(length, next) + SIX_ENDS;
  }

  @Test
  void theSimpleOnes() {
    String frame = MACS + FOUR + UDP + "68656c6c";
    assertTrue(matches("everything", frame));
    assertTrue(matches("everything", ""));
    assertTrue(matches("udp port 53", frame));
    assertTrue(matches("udp", frame));
    assertFalse(matches("udp port 5000", frame), "the port of the source");
    assertFalse(matches("tcp", frame));
    assertTrue(matches("to 192.0.2.2", frame));
    assertTrue(matches("to 192.0.2.2 port 53", frame));
    assertFalse(matches("to 192.0.2.2 port 54", frame));
    assertFalse(matches("to 192.0.2.1", frame));
    assertTrue(matches("arp or udp port 53", frame));
    assertTrue(matches("tcp or everything", frame));
    assertTrue(matches("ethertype 0x0800", frame));
    assertFalse(matches("arp", frame));
    assertTrue(matches("arp", MACS + "0806"));
    assertFalse(matches("arp", MACS + "08"));
  }

  @Test
  void tags() {
    String inner = FOUR + UDP + "68656c6c";
    assertTrue(matches("udp port 53", MACS + "8100 0064 " + inner));
    assertTrue(matches("udp port 53", MACS + "88a8 0007 8100 0064 " + inner));
    assertFalse(matches("udp port 53", MACS + "8100 0001 8100 0002 8100 0003 " + inner));
    assertTrue(matches("ethertype 0x8100", MACS + "8100 0001 8100 0002 8100 0003 " + inner));
    assertFalse(matches("ethertype 0x8100", MACS + "8100 0064 " + inner));
    assertTrue(matches("arp", MACS + "8100 0064 0806"));
    assertFalse(matches("arp", MACS + "8100 0064 08"));
    assertFalse(matches("ethertype 0x8100", MACS + "8100 0064"));
    assertFalse(matches("udp", MACS + "9100 0064 " + inner));
  }

  @Test
  void ipv4ThatContradictsItself() {
    String rest = " 0001 0000 4011 0000 c0000201 c0000202 " + UDP;
    assertTrue(matches("udp port 53", MACS + "0800 4500 001c" + rest));
    assertTrue(matches("udp port 53", MACS + "0800 4500 ffff" + rest), "the end is elsewhere");
    assertFalse(matches("udp port 53", MACS + "0800 4500 001b" + rest), "no whole UDP");
    assertTrue(matches("udp", MACS + "0800 4500 001b" + rest));
    assertTrue(matches("udp", MACS + "0800 4500 0014" + rest));
    assertFalse(matches("udp", MACS + "0800 4500 0013" + rest));
    assertFalse(matches("to 192.0.2.2", MACS + "0800 4500 0013" + rest));
    assertFalse(matches("udp", MACS + "0800 4400 0020" + rest));
    assertFalse(matches("udp", MACS + "0800 6500 0020" + rest));
    assertTrue(matches("ethertype 0x0800", MACS + "0800 6500 0020" + rest));
    assertFalse(matches("udp", MACS + "0800 4f00 0040" + rest), "options are cut off");
    assertTrue(matches("udp", MACS + "0800 4700 001c" + rest));
    assertFalse(matches("udp port 53", MACS + "0800 4700 001c" + rest));
    String port = MACS + FOUR + "1388 0035 000c 00";
    assertFalse(matches("udp port 53", port));
    assertTrue(matches("udp", port));
    String options = " 0001 0000 4011 0000 c0000201 c0000202 94040000 " + UDP;
    assertTrue(matches("udp port 53", MACS + "0800 4600 0020" + options));
    assertFalse(matches("udp port 53", MACS + "0800 4600 001f" + options));
  }

  @Test
  void fragments() {
    for (String part : new String[] {"2000", "0001", "1fff", "3fff"}) {
      String frame =
          MACS + "0800 4500 0020 0001 " + part + " 4011 0000 c0000201 c0000202 " + UDP + "00000000";
      assertFalse(matches("udp port 53", frame));
      assertFalse(matches("to 192.0.2.2 port 53", frame));
      assertTrue(matches("udp", frame));
      assertTrue(matches("to 192.0.2.2", frame));
    }
    for (String flag : new String[] {"4000", "8000", "c000"}) {
      assertTrue(
          matches(
              "udp port 53",
              MACS + "0800 4500 001c 0001 " + flag + " 4011 0000 c0000201 c0000202 " + UDP));
    }
    assertTrue(matches("udp port 53", six(16, 44) + "11 00 0000 00000001" + UDP), "whole");
    assertTrue(matches("udp port 53", six(16, 44) + "11 ff 0006 00000001" + UDP), "reserved");
    assertFalse(matches("udp port 53", six(16, 44) + "11 00 0001 00000001" + UDP));
    assertFalse(matches("udp port 53", six(16, 44) + "11 00 0008 00000001" + UDP));
    assertTrue(matches("udp", six(16, 44) + "11 00 0001 00000001" + UDP));
    assertTrue(matches("udp", six(16, 44) + "11 00 0008 00000001" + UDP));
    assertFalse(matches("udp", six(24, 44) + "3c 00 0008 00000001 1100010400000000" + UDP));
  }

  @Test
  void extensions() {
    String fill = " 00 0104 00000000 ";
    assertTrue(matches("udp port 53", six(8, 17) + UDP));
    assertFalse(matches("udp port 53", six(7, 17) + UDP));
    assertTrue(matches("udp", six(0, 17)));
    assertTrue(
        matches(
            "udp port 53",
            six(40, 0) + "2b" + fill + "3c" + fill + "3c" + fill + "11" + fill + UDP));
    String five = "2b" + fill + "3c" + fill + "3c" + fill + "3c" + fill + "11" + fill + UDP;
    assertFalse(matches("udp port 53", six(48, 0) + five));
    assertFalse(matches("udp", six(48, 0) + five));
    assertTrue(matches("to 2001:db8::2", six(48, 0) + five));
    assertFalse(matches("to 2001:db8::2 port 53", six(48, 0) + five));
    assertFalse(matches("proto 60", six(48, 0) + five), "never told");
    assertTrue(matches("udp port 53", six(20, 51) + "11 01 0000 00000000 00000000" + UDP));
    assertTrue(matches("proto 50", six(8, 50) + UDP));
    assertTrue(matches("proto 59", six(0, 59)));
    assertTrue(matches("icmp6", six(8, 58) + UDP));
    assertFalse(matches("udp", six(16, 60) + "11 02 0104 00000000 " + UDP), "longer than it all");
    assertFalse(matches("udp", six(7, 60) + "11 00 0104 00000000 " + UDP));
    assertTrue(matches("udp", six(8, 60) + "11 00 0104 00000000 " + UDP));
    assertFalse(matches("udp port 53", six(15, 60) + "11 00 0104 00000000 " + UDP));
    assertFalse(matches("udp", six(0, 0) + "11 00 c204 00010000 " + UDP), "a jumbogram");
    assertFalse(matches("udp", MACS + "86dd 4000 0000 0008 11 40 " + SIX_ENDS + UDP));
    assertFalse(matches("to 2001:db8::2", six(8, 17).substring(0, six(8, 17).length() - 3)));
  }

  @Test
  void anAddressOfIpv4IsNoMappedOne() {
    String ends = "20010db8000000000000000000000001 00000000000000000000ffffc0000202 ";
    assertFalse(matches("to 192.0.2.2", MACS + "86dd 6000 0000 0008 11 40 " + ends + UDP));
  }

  @Test
  void tcpNeedsItsWholeHeader() {
    String ip = MACS + "0800 4500 0028 0001 0000 4006 0000 c0000201 c0000202 ";
    String tcp = "1f90 0050 00000001 00000002 5012 ffff 0000 0000";
    assertTrue(matches("tcp port 80", ip + tcp));
    assertFalse(matches("tcp port 80", ip + tcp.substring(0, tcp.length() - 2)));
    assertTrue(matches("tcp", ip + tcp.substring(0, tcp.length() - 2)));
    assertFalse(matches("to 192.0.2.2 port 80", ip + tcp), "only of UDP");
  }

  /** Everything that is sound is told alike by the parser that knows nothing of matches. */
  @Test
  void agreesWithTheLayersOfSoundPackets() {
    SplittableRandom random = new SplittableRandom(201);
    Layers layers = new Layers();
    int ports = 0;
    for (int i = 0; i < 50_000; i++) {
      Crafted crafted = new Crafted(random);
      var memory = Bytes.segment(crafted.frame);
      layers.parse(memory, 0, crafted.frame.length);
      boolean told = crafted.version == 4 || crafted.extensions + (crafted.fragment ? 1 : 0) <= 4;
      Matcher any = Matcher.of(new Match.Transport(crafted.protocol, 0));
      assertEquals(told, any.matches(memory, 0, crafted.frame.length), Bytes.hex(crafted.frame));
      if (layers.destinationPort() != 0) {
        Matcher one = Matcher.of(new Match.Transport(crafted.protocol, crafted.destinationPort));
        assertEquals(told, one.matches(memory, 0, crafted.frame.length));
        ports++;
      }
      byte[] cut = Arrays.copyOf(crafted.frame, crafted.transport - 1);
      assertFalse(any.matches(Bytes.segment(cut), 0, cut.length), Bytes.hex(cut));
    }
    assertTrue(ports > 10_000);
  }
}
