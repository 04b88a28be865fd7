// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.lang.foreign.Arena;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.LibcKernel;

/** The names and numbers of interfaces in the calling thread's network. */
public final class NetworkInterfaces {
  private static final int LONGEST = 15;

  private NetworkInterfaces() {}

  /**
   * The index of an interface.
   *
   * @throws SysException ENODEV when there is none of this name
   */
  public static int index(String name) throws SysException {
    if (name.isEmpty() || name.length() > LONGEST) {
      throw new SysException("interface '" + name + "'", "if_nametoindex", Errno.ENODEV.number());
    }
    try (Arena scratch = Arena.ofConfined()) {
      int index = LibcKernel.interfaceIndex(new CallState(scratch), scratch.allocateFrom(name));
      if (index < 0) {
        throw new SysException("interface " + name, "if_nametoindex", -index);
      }
      return index;
    }
  }
}
