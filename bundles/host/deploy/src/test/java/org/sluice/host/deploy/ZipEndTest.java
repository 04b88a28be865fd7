// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipEndTest {
  @TempDir Path folder;

  private String missing(byte[] bytes) throws Exception {
    return ZipEnd.missing(Files.write(folder.resolve("x.jar"), bytes));
  }

  @Test
  void everyPrefixOfAJarIsIncomplete() throws Exception {
    byte[] jar = Zips.of(Map.of("a", new byte[300], "b/c", new byte[10]));
    for (int length = 0; length < jar.length; length++) {
      int n = length;
      assertNotEquals("", missing(Arrays.copyOf(jar, length)), () -> "at " + n);
    }
    assertEquals("", missing(jar));
  }

  @Test
  void zerosAreNoJar() throws Exception {
    assertNotEquals("", missing(new byte[1000]));
  }

  @Test
  void whatStandsBeforeAJarDoesNotMatter() throws Exception {
    byte[] jar = Zips.of(Map.of("a", new byte[3]));
    byte[] script = "#!/bin/sh\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] both = Arrays.copyOf(script, script.length + jar.length);
    System.arraycopy(jar, 0, both, script.length, jar.length);
    assertEquals("", missing(both));
  }

  @Test
  void sayWhatIsWrong() throws Exception {
    assertEquals("it is empty", missing(new byte[0]));
    assertTrue(
        missing("hello".repeat(50).getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .contains("not a zip"));
  }
}
