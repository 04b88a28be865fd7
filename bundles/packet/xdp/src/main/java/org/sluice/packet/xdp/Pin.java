// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sluice.packet.api.PortException;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfMap;

/** A file by which others reach the map of sockets; made here, and removed with the program. */
record Pin(Path file, int map) {

  /**
   * Makes the file.
   *
   * @throws PortException when there is one already: it may be somebody else's, and stays
   */
  static Pin of(BpfMap sockets, Path file) throws SysException, PortException {
    int id = sockets.id();
    try {
      sockets.pin(file);
    } catch (SysException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new PortException(
            "option xdp.pin: %s exists, and stays; remove it when nobody uses it, as a process that was killed leaves its own behind"
                .formatted(file),
            e);
      }
      throw e;
    }
    return new Pin(file, id);
  }

  /** Removes the file, unless it is another one by now. */
  void close() {
    try (BpfMap there = BpfMap.open(file)) {
      if (there.id() == map) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It is gone, or somebody else's, or out of reach: then it stays.
    }
  }
}
