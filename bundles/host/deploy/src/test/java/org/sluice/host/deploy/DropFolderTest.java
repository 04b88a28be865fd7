// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropFolderTest {
  @TempDir Path folder;

  @Test
  void seesJarsAndWhatOnlyLooksLikeOne() throws Exception {
    Files.write(folder.resolve("b.jar"), new byte[1]);
    Files.createDirectory(folder.resolve("c.jar"));
    Files.createSymbolicLink(folder.resolve("a.jar"), Path.of("nowhere"));
    Files.write(folder.resolve(".hidden.jar"), new byte[1]);
    Files.write(folder.resolve("d.txt"), new byte[1]);
    var found = new DropFolder(folder).look();
    assertEquals(List.of("a.jar", "b.jar", "c.jar"), List.copyOf(found.keySet()));
    assertEquals(
        List.of(false, true, false),
        found.values().stream().map(s -> s.obstacle().isEmpty()).toList());
  }

  @Test
  void aReplacedFileLooksDifferentEvenWithTheSameTimes() throws Exception {
    Path jar = Files.write(folder.resolve("x.jar"), new byte[1]);
    DropFolder drop = new DropFolder(folder);
    var before = drop.look();
    Path next = Files.write(folder.resolve("next"), new byte[1]);
    Files.setLastModifiedTime(next, Files.getLastModifiedTime(jar));
    Files.move(next, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(before, drop.look());
    var unsigned = drop.look();
    Files.write(folder.resolve("x.jar.sig"), new byte[1]);
    assertNotEquals(unsigned, drop.look());
  }

  @Test
  void aFolderThatIsGoneIsNotAnEmptyOne() {
    DropFolder drop = new DropFolder(folder.resolve("gone"));
    assertThrows(IOException.class, drop::look);
  }
}
