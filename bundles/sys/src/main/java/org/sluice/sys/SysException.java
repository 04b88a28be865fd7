// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;
import java.util.Objects;

/**
 * The operating system refused a call: which, on what, and what it said.
 *
 * <p>The message reads {@code link eth1: sendto: ENETUNREACH "Nexthop has invalid gateway"}.
 */
public class SysException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final String subject;
  private final int number;
  private final String detail;

  /**
   * @param subject what was tried on what, in words
   * @param call the system call or the request
   * @param number positive, as in {@code errno}
   * @param detail what the kernel added in words; empty for the usual words of the errno
   */
  public SysException(String subject, String call, int number, String detail) {
    super(message(subject, call, number, detail));
    this.subject = subject;
    this.call = call;
    this.number = number;
    this.detail = detail;
  }

  public SysException(String subject, String call, int number) {
    this(subject, call, number, "");
  }

  /** There always is one. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  public Errno errno() {
    return Errno.of(number);
  }

  public int number() {
    return number;
  }

  public String call() {
    return call;
  }

  public String subject() {
    return subject;
  }

  public String detail() {
    return detail;
  }

  private static String message(String subject, String call, int number, String detail) {
    Errno errno = Errno.of(number);
    String name = errno == Errno.UNKNOWN ? "errno " + number : errno.name();
    return subject
        + ": "
        + call
        + ": "
        + name
        + " \""
        + (detail.isEmpty() ? errno.text() : detail)
        + '"';
  }
}
