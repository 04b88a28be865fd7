// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.List;

/**
 * What a driver could do with a specification, here and now.
 *
 * @param driver its name
 * @param merit how fast it would be, for the choice among drivers: higher is better, 0 when it does
 *     not work at all. 90 zero-copy, 70 native XDP, 60 generic XDP, 40 io_uring, 30 packet socket
 *     or plain socket
 * @param summary in a few words: {@code native, copied}, or why it does not work
 * @param findings each thing that was looked at
 */
public record PortProbe(String driver, int merit, String summary, List<Finding> findings) {

  /**
   * One thing that was looked at.
   *
   * @param what {@code zero-copy}
   * @param why what the kernel said, in words, where the answer is no
   * @param remedy what somebody could do about it; empty when there is nothing
   */
  public record Finding(String what, Answer answer, String why, String remedy) {
    public static Finding yes(String what, String detail) {
      return new Finding(what, Answer.YES, detail, "");
    }

    public static Finding no(String what, String why, String remedy) {
      return new Finding(what, Answer.NO, why, remedy);
    }
  }

  /** Whether something works. */
  public enum Answer {
    YES,
    NO,
    /** It cannot be known without doing it, or it does not matter here. */
    UNKNOWN
  }

  public PortProbe {
    findings = List.copyOf(findings);
  }

  public boolean works() {
    return merit > 0;
  }
}
