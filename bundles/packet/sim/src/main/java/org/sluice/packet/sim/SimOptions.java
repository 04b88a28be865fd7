// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.util.Map;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.driver.Options;

/**
 * What can be said to this driver alone. Told in {@link SimulatedNetwork}.
 *
 * @param multiBuffer whether packets may lie in several chunks
 * @param wakeup whether the far side of the rings sleeps when it finds no chunk, until it is told
 *     that there are some again
 */
record SimOptions(
    int mtu, int queues, int budget, boolean multiBuffer, boolean wakeup, Impairment impairment) {
  private static final int BUDGET = 32;

  static SimOptions of(Map<String, String> all) throws PortException {
    Options options = new Options(SimDriver.NAME, all);
    SimOptions read =
        new SimOptions(
            options.number("mtu", 1500, 68, 65_535),
            options.number("queues", 1, 1, 64),
            options.number("budget", BUDGET, 1, 4096),
            options.flag("multibuffer", true),
            options.flag("wakeup", true),
            new Impairment(
                options.number("seed", 1, 0, Integer.MAX_VALUE),
                share(options, "loss"),
                share(options, "duplicate"),
                share(options, "reorder"),
                options.number("delay", 0, 0, 1 << 20),
                options.number("jitter", 0, 0, 1 << 20)));
    options.end();
    return read;
  }

  private static double share(Options options, String name) throws PortException {
    String text = options.text(name);
    try {
      double share = text.isEmpty() ? 0 : Double.parseDouble(text);
      if (share >= 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new PortException(
        "option sim.%s is '%s'; it must be a share from 0 to 1, such as 0.01"
            .formatted(name, text));
  }
}
