// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {
  @TempDir Path folder;

  @Test
  void onlyTheOwnerMayConnect() throws Exception {
    Path path = folder.resolve("sluice.sock");
    try (SocketFile socket = SocketFile.listen(path, "")) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertEquals(Files.getOwner(path), socket.owner());
      try (var all = Files.list(folder)) {
        assertEquals(1, all.count(), "nothing else is left behind");
      }
    }
    assertFalse(Files.exists(path));
  }

  @Test
  void replacesWhatADeadProcessLeft() throws Exception {
    Path path = folder.resolve("sluice.sock");
    SocketFile dead = SocketFile.listen(path, "");
    dead.retire();
    assertTrue(Files.exists(path));
    try (SocketFile socket = SocketFile.listen(path, "");
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      assertTrue(client.isConnected());
      assertTrue(socket.isOpen());
    }
  }

  @Test
  void refusesToTakeTheNameOfALiveOne() throws Exception {
    Path path = folder.resolve("sluice.sock");
    try (SocketFile live = SocketFile.listen(path, "")) {
      IOException refused = assertThrows(IOException.class, () -> SocketFile.listen(path, ""));
      assertTrue(refused.toString().contains("another process serves there"), refused.toString());
      assertTrue(live.isOpen());
      assertTrue(Files.exists(path));
    }
  }

  @Test
  void saysWhatToDoAboutANameThatIsTooLong() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(100)));
    IOException refused =
        assertThrows(IOException.class, () -> SocketFile.listen(deep.resolve("sluice.sock"), ""));
    assertTrue(refused.toString().contains("shorter --home"), refused.toString());
  }

  @Test
  void saysWhatToDoAboutAMissingGroup() {
    IOException refused =
        assertThrows(
            IOException.class,
            () -> SocketFile.listen(folder.resolve("sluice.sock"), "no-such-group-here"));
    assertTrue(refused.toString().contains("groupadd no-such-group-here"), refused.toString());
    assertFalse(Files.exists(folder.resolve("sluice.sock")));
  }
}
