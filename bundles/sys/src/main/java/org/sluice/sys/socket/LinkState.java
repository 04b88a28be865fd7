// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.sys.Errno;
import org.sluice.sys.NetworkInterfaces;
import org.sluice.sys.SysException;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;

/** How an interface is. */
public enum LinkState {
  UP("up"),
  /** It is switched on, and nothing is at the other end. The kernel tells it a little late. */
  NO_CARRIER("no carrier"),
  DOWN("down"),
  /** It was deleted. Another one of the same name is another one. */
  GONE("gone");

  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final long SIOCGIFNAME = 0x8910;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final int REQUEST_SIZE = 40;
  private static final int REQUEST_VALUE = 16;
  private static final int FLAG_UP = 1;
  private static final int FLAG_RUNNING = 0x40;

  private final String text;

  LinkState(String text) {
    this.text = text;
  }

  /** In words, for people. */
  public String text() {
    return text;
  }

  /** How the interface of this name is, in the calling thread's network. */
  public static LinkState of(String name) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      CallState state = new CallState(scratch);
      int index = NetworkInterfaces.index(name);
      int fd = Libc.socket(state, AF_INET, SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
      if (fd < 0) {
        throw new SysException("interface " + name, "socket", -fd);
      }
      try {
        return of(state, scratch, fd, index);
      } finally {
        Libc.close(state, fd);
      }
    } catch (SysException e) {
      if (e.errno() == Errno.ENODEV) {
        return GONE;
      }
      throw e;
    }
  }

  /**
   * How the interface of this number is. It may have got another name, so it is asked for that.
   *
   * @param fd a socket of the interface's network
   */
  static LinkState of(CallState state, Arena scratch, int fd, int index) {
    MemorySegment request = scratch.allocate(REQUEST_SIZE, 8);
    request.set(JAVA_INT, REQUEST_VALUE, index);
    if (LibcKernel.ioctl(state, fd, SIOCGIFNAME, request) < 0
        || LibcKernel.ioctl(state, fd, SIOCGIFFLAGS, request) < 0) {
      return GONE;
    }
    int flags = request.get(JAVA_SHORT, REQUEST_VALUE);
    if ((flags & FLAG_UP) == 0) {
      return DOWN;
    }
    return (flags & FLAG_RUNNING) == 0 ? NO_CARRIER : UP;
  }
}
