// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkNameTest {
  private static String printable(String name) {
    return LinkName.printable(name.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void namesThatAreHarmlessStayWhatTheyAre() {
    assertEquals("eth0", printable("eth0"));
    assertEquals("$(id)", printable("$(id)"), "harmless as long as nobody gives it to a shell");
    assertEquals("a;b", printable("a;b"));
    assertEquals("é0", printable("é0"));
  }

  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    assertEquals("\\x1b[31m", printable("\u001b[31m"));
    assertEquals("a\\x08b", printable("a\bb"));
    assertEquals("a\\xe2\\x80\\xaeb", printable("a\u202eb"), "text that runs backwards");
    assertEquals("a\\xcc\\x81", printable("a\u0301"), "a mark on the character before");
    assertEquals("a\\xe2\\x80\\x8bb", printable("a\u200bb"), "a space without width");
  }

  @Test
  void brokenUtf8IsWrittenOut() {
    assertEquals("\\xff\\xfe", LinkName.printable(new byte[] {(byte) 0xff, (byte) 0xfe}));
    assertEquals("a\\xc3", LinkName.printable(new byte[] {'a', (byte) 0xc3}));
    assertEquals("\\xc0\\xaf", LinkName.printable(new byte[] {(byte) 0xc0, (byte) 0xaf}));
    assertEquals(
        "\\xed\\xa0\\x80", LinkName.printable(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}));
  }

  @Test
  void noTwoNamesLookAlikeAndTheBytesComeBack() {
    Random random = new Random(9);
    Map<String, byte[]> seen = new HashMap<>();
    byte[] often = "\\x1b éa".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 20_000; i++) {
      byte[] name = new byte[random.nextInt(15) + 1];
      for (int k = 0; k < name.length; k++) {
        name[k] =
            random.nextBoolean()
                ? often[random.nextInt(often.length)]
                : (byte) (random.nextInt(255) + 1);
      }
      String text = LinkName.printable(name);
      assertArrayEquals(name, LinkName.bytes(text), text);
      byte[] other = seen.put(text, name);
      assertTrue(other == null || Arrays.equals(other, name), text);
      assertTrue(text.chars().noneMatch(c -> c < ' ' || (c >= 0x7f && c < 0xa0)), text);
    }
  }
}
