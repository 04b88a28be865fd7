// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.util.concurrent.Callable;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.sim.SimDriver;

/** A simulated cable. */
final class SimEnds implements Ends {
  @Override
  public PortDriver driver() {
    return new SimDriver();
  }

  @Override
  public void deactivate(PortDriver driver) {
    ((SimDriver) driver).close();
  }

  @Override
  public FrameSpec spec(char end) {
    return FrameSpec.on("lan." + end).option("sim.mtu", "9000");
  }

  @Override
  public <T> T at(char end, Callable<T> work) throws Exception {
    return work.call();
  }

  @Override
  public boolean lossless() {
    return true;
  }

  @Override
  public void close() {}
}
