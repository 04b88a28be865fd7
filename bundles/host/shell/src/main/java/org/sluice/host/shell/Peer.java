// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/** Who is at the other end of a connection; told by the kernel, so it cannot be forged. */
record Peer(String user, Role role) {

  /** What a peer may do. */
  enum Role {
    /** Everything the process may. */
    FULL,
    /** Commands that only read. */
    READER
  }

  static Peer of(SocketChannel channel, UserPrincipal owner) throws IOException {
    UserPrincipal user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    UserPrincipal root =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
    return new Peer(
        user.getName(), user.equals(owner) || user.equals(root) ? Role.FULL : Role.READER);
  }
}
