// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
  @TempDir Path folder;

  @Test
  void copiesAreNamedByContentAndPrivate() throws Exception {
    Path home = folder.resolve("revisions");
    Staging staging = new Staging(home);
    Path jar = Files.write(folder.resolve("x.jar"), new byte[] {1});
    Staged one = staging.stage(jar);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home)));
    assertEquals(one, staging.stage(jar));
    Files.write(jar, new byte[] {2});
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(one.path()));
    Staged two = staging.stage(jar);
    staging.sweep(Set.of(two.sha()));
    assertFalse(Files.exists(one.path()));
    assertTrue(Files.exists(two.path()));
  }

  @Test
  void aCopyThatRottedIsNotUsed() throws Exception {
    Staging staging = new Staging(folder.resolve("revisions"));
    Path jar = Files.write(folder.resolve("x.jar"), new byte[] {1});
    Staged staged = staging.stage(jar);
    assertNotNull(staging.kept(staged.sha()));
    Files.write(staged.path(), new byte[] {7});
    assertNull(staging.kept(staged.sha()));
    staging.stage(jar);
    assertNotNull(staging.kept(staged.sha()), "staging again mends it");
    assertNull(staging.kept("0".repeat(64)));
  }

  @Test
  void whatWasHalfDoneIsDropped() throws Exception {
    Path home = Files.createDirectories(folder.resolve("revisions"));
    Path part = Files.write(home.resolve("copy1.part"), new byte[9]);
    assertNotNull(new Staging(home));
    assertFalse(Files.exists(part));
  }
}
