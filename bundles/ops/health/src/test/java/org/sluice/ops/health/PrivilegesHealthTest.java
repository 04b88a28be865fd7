// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivilegesHealthTest {
  @TempDir Path folder;

  @Test
  void aThreadThatEndedIsPassedOverWhateverTheError() throws Exception {
    assertEquals(Optional.empty(), PrivilegesHealth.status(folder.resolve("1")));
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(Optional.empty(), PrivilegesHealth.status(file.resolve("2")), "not ENOENT");
  }

  @Test
  void aThreadThatIsThereAndCannotBeReadIsTold() throws Exception {
    Files.createDirectory(folder.resolve("status"));
    assertThrows(IOException.class, () -> PrivilegesHealth.status(folder));
  }
}
