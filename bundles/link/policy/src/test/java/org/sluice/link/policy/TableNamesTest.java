// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableNamesTest {
  @TempDir Path folder;

  @Test
  void theFileIsOursAndGoesWithUs() throws Exception {
    Files.writeString(folder.resolve("other.conf"), "100\tother\n");
    TableNames names = new TableNames(folder);
    names.write(Map.of(20_001L, "eth2", 20_000L, "wan", 20_002L, "$(id)\n"));
    List<String> lines = Files.readAllLines(folder.resolve("sluice.conf"));
    assertEquals(List.of("20000\tsluice-wan", "20001\tsluice-eth2"), lines.subList(1, 3));
    assertEquals(3, lines.size(), "a name that is no word is left out");
    names.remove();
    assertFalse(Files.exists(folder.resolve("sluice.conf")));
    assertTrue(Files.exists(folder.resolve("other.conf")));
    names.remove();
  }

  @Test
  void aFileOfSomebodyElseIsLeftAsItIs() throws Exception {
    Path file = folder.resolve("sluice.conf");
    Files.writeString(file, "7\tmine\n");
    TableNames names = new TableNames(folder);
    assertThrows(IOException.class, () -> names.write(Map.of(20_000L, "eth1")));
    assertThrows(IOException.class, names::remove);
    assertEquals("7\tmine\n", Files.readString(file));
  }
}
