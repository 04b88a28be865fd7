// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;

/** Good jars: dropped, replaced, removed. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class DropTest {

  @Test
  void aGoodJarServesAndIsShownWithWhatItProvides() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      var jar = Samples.greeter("1.0.0");
      long begun = System.nanoTime();
      sluice.drop("greeter.jar", jar);
      Plugins.Row row = plugins.await("greeter.jar", "ACTIVE");
      System.out.println("drop to active and seen: " + (System.nanoTime() - begun) / 1e6 + " ms");
      assertEquals("sample.greeter", row.text("bundle"));
      assertEquals("1.0.0", row.version());
      assertTrue(row.texts("provides").contains("java.util.function.Supplier"), row::toString);
    }
  }
}
