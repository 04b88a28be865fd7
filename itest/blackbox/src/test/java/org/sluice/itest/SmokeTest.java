// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shortest way through the whole: start, ask, stop. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SmokeTest {

  @Test
  void startsAnswersAndStops() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      SluiceProcess.Answer help = sluice.command("help");
      assertEquals(0, help.exit(), help::toString);
      assertTrue(sluice.stop(), "the process did not stop in time:\n" + sluice.log());
    }
  }
}
