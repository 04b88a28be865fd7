// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.nio.file.Path;
import java.util.Collection;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.xdp.XdpSocket;

/**
 * The map of a program that somebody else attached, who decides what matches. Needs no privilege to
 * attach programs, only to use the file.
 */
final class PinnedMap implements Way {
  private final Path file;
  private final BpfMap map;

  PinnedMap(Path file) throws SysException {
    this.file = file;
    map = BpfMap.open(file);
  }

  /** Who has what is known to the kernel alone. */
  @Override
  public void free(int queue) {}

  @Override
  public void add(int queue, Match match, XdpSocket socket) throws SysException {
    socket.enter(map, queue);
  }

  @Override
  public void change(Collection<Integer> queues, Match match) throws PortException {
    throw new PortException(
        "what is received is decided by the program that uses map %s".formatted(file));
  }

  @Override
  public void remove(Collection<Integer> queues) throws SysException {
    try (map) {
      for (int queue : queues) {
        map.remove(queue);
      }
    }
  }

  @Override
  public String text() {
    return "somebody else's, map " + file;
  }

  /** Whatever the other program writes there. */
  @Override
  public String metadata() {
    return "";
  }

  @Override
  public String mode() {
    return "by another program";
  }
}
