// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time since the host was started, by which networkd reckons, beside the time of day.
 *
 * @param now the time of day
 * @param sinceStart microseconds since the host was started, at that time
 */
record LeaseClock(Instant now, long sinceStart) {
  private static final Path UPTIME = Path.of("/proc/uptime");

  static LeaseClock read() throws IOException {
    String text = Files.readString(UPTIME);
    int end = text.indexOf(' ');
    if (end <= 0) {
      throw new IOException(UPTIME + ": expected two numbers, found \"" + text.strip() + "\"");
    }
    return new LeaseClock(Instant.now(), (long) (Double.parseDouble(text.substring(0, end)) * 1e6));
  }

  Instant timeOfDay(long micros) {
    return now.plus(micros - sinceStart, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS);
  }

  long sinceStart(Instant timeOfDay) {
    return sinceStart + ChronoUnit.MICROS.between(now, timeOfDay);
  }
}
