// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortDriver;

/** Two interfaces that are connected with one another, and who opens ports on them. */
interface Ends extends AutoCloseable {
  /** A driver of its own for every test. */
  PortDriver driver();

  /** As the framework does when the bundle stops. */
  void deactivate(PortDriver driver);

  /** Of one end, {@code a} or {@code b}; it carries 9,000 bytes. */
  FrameSpec spec(char end);

  /** Does something where this end is. */
  <T> T at(char end, Callable<T> work) throws Exception;

  /** Whether nothing is lost between the ends that no port counts. */
  boolean lossless();

  /** Whether frames for which the port has no chunk are kept for it, and not lost. */
  default boolean patient() {
    return false;
  }

  @Override
  void close() throws IOException;
}
