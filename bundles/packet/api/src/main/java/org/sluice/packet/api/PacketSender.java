// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/** The sending half of a {@link SplitPort}. */
@ProviderType
public interface PacketSender {

  /**
   * An empty packet with room before it for headers, which belongs to the caller; null when there
   * is no free chunk now.
   *
   * @throws PortClosedException when the port is closed
   */
  @Nullable Packet reserve();

  /**
   * Takes a packet over, to be handed to the kernel with others at the latest by {@link #flush}.
   * One of a driver that is gone is dropped and counted.
   *
   * @return whether it was taken; if not, there is no room, and it still belongs to the caller
   * @throws IllegalArgumentException when it is of another port: copy it into one that was reserved
   *     here
   * @throws IllegalStateException when the caller gave it away before
   * @throws PortClosedException when the port is closed
   */
  boolean send(Packet packet);

  /**
   * Hands over what was taken, and sees to it that it leaves without a further call. What the port
   * has no room for stays {@link #pending}.
   *
   * @throws PortClosedException when the port is closed
   */
  void flush();

  /** How many packets were taken and are not yet handed to the kernel. For the sending thread. */
  int pending();
}
