// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A way to move packets, registered as a service by a bundle of its own.
 *
 * <p>When the driver's bundle stops it closes every port it opened; a holder then gets {@link
 * PortClosedException}. Who wants another driver to take over asks {@link Ports} instead.
 */
@ConsumerType
public interface PortDriver {

  /** A short word, the same at every start: {@code xdp}. Its options begin with it and a dot. */
  String name();

  /** The kinds of port it opens. */
  Set<Class<? extends Port>> kinds();

  /**
   * Finds out what would work here, without changing anything. May be called by several threads at
   * once.
   */
  PortProbe probe(PortSpec<?> spec);

  /**
   * Opens a port. It receives from now on. May be called by several threads at once.
   *
   * @throws PortException when the kernel or the specification does not allow it; nothing is left
   *     behind then
   */
  <P extends Port> P open(PortSpec<P> spec) throws PortException;
}
