// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.util.List;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;

/** The kernel refused a program; the message ends with the last words of the verifier. */
public final class BpfException extends SysException {
  private static final long serialVersionUID = 1L;
  private static final int LAST = 3;

  private final String log;
  private final String listing;

  BpfException(String subject, int number, String log, String listing) {
    super(subject, "BPF_PROG_LOAD", number, detail(number, log));
    this.log = log;
    this.listing = listing;
  }

  /** All that the verifier said; empty when it was not asked. */
  public String log() {
    return log;
  }

  /** The program, one instruction a line, with the numbers that the log uses. */
  public String listing() {
    return listing;
  }

  private static String detail(int number, String log) {
    // The very last line counts what was processed; why it was refused stands before.
    List<String> lines =
        log.lines().filter(line -> !line.isBlank() && !line.startsWith("processed ")).toList();
    String last = String.join("; ", lines.subList(Math.max(0, lines.size() - LAST), lines.size()));
    return last.isEmpty() ? Errno.of(number).text() : last;
  }
}
