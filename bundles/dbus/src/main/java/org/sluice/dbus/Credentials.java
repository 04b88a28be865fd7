// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.OptionalLong;

/**
 * Who is behind a connection.
 *
 * @param user number of the Unix user
 * @param process number of the process that connected; it may have ended, and the number be
 *     another's
 * @param groups numbers of the Unix groups; none when the bus does not tell
 */
public record Credentials(OptionalLong user, OptionalLong process, List<Long> groups) {
  public Credentials {
    groups = List.copyOf(groups);
  }

  static Credentials of(VariantMap told) {
    return new Credentials(
        told.number("UnixUserID"),
        told.number("ProcessID"),
        told.list("UnixGroupIDs").stream()
            .flatMapToLong(group -> group.asNumber().stream())
            .boxed()
            .toList());
  }
}
