// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.Map;
import java.util.Optional;

/**
 * What a port is to be.
 *
 * @param <P> the kind of port
 */
public sealed interface PortSpec<P extends Port> permits FrameSpec, DatagramSpec {

  /** The interface; empty when there is none to name. */
  Optional<String> link();

  /** How many chunks of memory the port has; a power of two. */
  int chunks();

  /** How long a chunk is, in bytes: a power of two, 2048 or more. */
  int chunkSize();

  /** What the memory is made of. */
  Pages pages();

  /** Keys that only some drivers know, by driver: {@code xdp.attach}. */
  Map<String, String> options();
}
