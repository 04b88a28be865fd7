// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What was built is found again. */
class LayersTest {
  private final Layers layers = new Layers();
  private final PacketText text = new PacketText();

  @Test
  void whatWasBuiltIsFound() {
    SplittableRandom random = new SplittableRandom(101);
    for (int i = 0; i < 50_000; i++) {
      Crafted crafted = new Crafted(random);
      MemorySegment memory = Bytes.segment(crafted.frame);
      String hex = Bytes.hex(crafted.frame);
      assertEquals(Refusal.NONE, layers.parse(memory, 0, crafted.frame.length), hex);
      assertEquals(crafted.tags, layers.tags(), hex);
      assertEquals(crafted.version, layers.version(), hex);
      assertEquals(crafted.protocol, layers.protocol(), hex);
      assertEquals(crafted.fragment, layers.fragment(), hex);
      assertEquals(crafted.network, layers.network(), hex);
      assertEquals(crafted.transport, layers.transport(), hex);
      assertEquals(crafted.sourcePort, layers.sourcePort(), hex);
      assertEquals(crafted.destinationPort, layers.destinationPort(), hex);
      assertEquals(crafted.payloadLength, layers.payloadLength(), hex);
      String line = text.line(memory, 0, crafted.frame.length);
      assertFalse(line.contains("checksum wrong"), line + " " + hex);
      assertFalse(line.contains("\n"), line);
    }
  }

  @Test
  void whatIsCutAnywhereIsCutOffUnlessOnlyFillingIsLost() {
    SplittableRandom random = new SplittableRandom(102);
    for (int i = 0; i < 1000; i++) {
      Crafted crafted = new Crafted(random);
      int whole = crafted.transport;
      for (int length = 0; length < whole; length++) {
        MemorySegment memory = Bytes.segment(java.util.Arrays.copyOf(crafted.frame, length));
        assertNotEquals(Refusal.NONE, layers.parse(memory, 0, length));
        assertTrue(text.line(memory, 0, length).length() > 5);
      }
    }
  }

  @Test
  void aChecksumThatIsWrongIsTold() {
    SplittableRandom random = new SplittableRandom(103);
    int told = 0;
    for (int i = 0; i < 10_000; i++) {
      Crafted crafted = new Crafted(random);
      if (crafted.protocol == 47 || crafted.fragment) {
        continue;
      }
      byte[] bytes = crafted.frame.clone();
      int last = crafted.transport + (crafted.protocol == 17 ? 0 : 4);
      bytes[last] ^= 0x01;
      String line = text.line(Bytes.segment(bytes), 0, bytes.length);
      assertTrue(line.contains(" checksum wrong"), line);
      told++;
    }
    assertTrue(told > 5000);
  }

  @Test
  void hopsThatAreCountedDownKeepTheChecksum() {
    SplittableRandom random = new SplittableRandom(104);
    Ipv4 ip = new Ipv4();
    for (int i = 0; i < 20_000; i++) {
      Crafted crafted = new Crafted(random);
      if (crafted.version == 4) {
        MemorySegment memory = Bytes.segment(crafted.frame);
        ip.wrap(memory, crafted.network, crafted.frame.length - crafted.network);
        ip.hops(random.nextInt(256));
        assertTrue(ip.verify());
        ip.identification(random.nextInt(65_536));
        int wrong = ip.checksum();
        ip.fill();
        assertTrue(ip.verify());
        assertTrue(wrong >= 0);
      }
    }
  }
}
