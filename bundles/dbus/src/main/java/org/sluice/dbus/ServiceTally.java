// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.concurrent.atomic.LongAdder;

/**
 * How the following of a service goes, in numbers, for health and metrics. It may outlive the
 * {@link FollowedService} that counts into it. Any thread may count and ask.
 */
public final class ServiceTally {
  private final LongAdder signals = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private volatile Standing standing = new Standing(Standing.Way.STARTING, "it was not read yet");
  private volatile int subjects;

  /**
   * How it stands with the service.
   *
   * @param text why, for people
   */
  public record Standing(Way way, String text) {

    /** In which way. */
    public enum Way {
      /** It was not read yet. */
      STARTING,
      /** It is there, and what is kept of it is so. */
      LIVE,
      /** It is not there. */
      ABSENT,
      /** It is out of reach, and nobody knows what is so. */
      FAILING
    }
  }

  /** A signal came. */
  public void heard() {
    signals.increment();
  }

  /** The service was asked. */
  public void asked() {
    reads.increment();
  }

  /** It did not answer, or what it told could not be taken. */
  public void failed() {
    failures.increment();
  }

  /** A value from outside that makes no sense was left out. */
  public void malformed() {
    malformed.increment();
  }

  void stands(Standing.Way way, String text) {
    standing = new Standing(way, text);
  }

  /** Of so many things it is known how they are. */
  public void subjects(int known) {
    subjects = known;
  }

  public long signals() {
    return signals.sum();
  }

  public long reads() {
    return reads.sum();
  }

  public long failures() {
    return failures.sum();
  }

  public long malformedValues() {
    return malformed.sum();
  }

  public Standing standing() {
    return standing;
  }

  public int subjects() {
    return subjects;
  }
}
