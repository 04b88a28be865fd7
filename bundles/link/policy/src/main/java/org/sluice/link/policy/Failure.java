// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Instant;
import java.util.Locale;
import org.sluice.sys.Errno;
import org.sluice.sys.NetlinkAck;
import org.sluice.sys.SysException;

/**
 * A step that the kernel refused.
 *
 * @param link name of the link it is for
 * @param text what was tried, on what, and what the kernel said
 */
record Failure(Step step, String link, Errno errno, String text, String remedy, Instant time) {

  static Failure of(Step step, String link, String what, NetlinkAck answer, String file) {
    Errno errno = Errno.of(answer.errno());
    String subject = (link.isEmpty() ? "" : "link " + link + ": ") + step.action().word();
    String text =
        String.valueOf(
            new SysException(subject + " " + what, "netlink", answer.errno(), answer.text())
                .getMessage());
    return new Failure(step, link, errno, text, remedy(step, errno, answer, file), Instant.now());
  }

  /** Somebody else's rule says the same, so that the own one cannot be there. */
  static Failure contested(Step step, String link, String what, String file) {
    return new Failure(
        step,
        link,
        Errno.EEXIST,
        "link %s: add %s: EEXIST \"the same is there already, and is not ours\""
            .formatted(link, what),
        "remove the other one where it is configured, or choose another table or priority in "
            + file,
        Instant.now());
  }

  private static String remedy(Step step, Errno errno, NetlinkAck answer, String file) {
    String said = answer.text().toLowerCase(Locale.ROOT);
    if (said.contains("gateway") || said.contains("nexthop") || errno == Errno.EHOSTUNREACH) {
      return "is the gateway on the link? See the addresses of the link, and the gateway in "
          + file;
    }
    return switch (errno) {
      case ENETDOWN -> "bring the link up; it is tried again by itself";
      case ENODEV -> "the link has gone; nothing to do";
      case EPERM, EACCES -> "the process needs CAP_NET_ADMIN";
      case EAFNOSUPPORT, ENOTSUP ->
          "this kernel lacks policy routing for " + step.subject().family();
      default ->
          "it is tried again by itself; the state of the kernel is shown by ip rule and ip"
              + " route show table all";
    };
  }
}
