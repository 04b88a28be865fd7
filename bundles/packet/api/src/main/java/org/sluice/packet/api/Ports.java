// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Opens ports, by the best driver there is or by a named one. */
@ProviderType
public interface Ports {
  /** Stands for the best driver. */
  String AUTO = "auto";

  /**
   * Opens a port.
   *
   * <p>With {@link #AUTO} the port survives its driver: when the bundle of the driver stops, or a
   * better one comes, or the interface goes and comes back, it goes on by another one at the next
   * call on it; what was in flight is lost and counted. {@link Port#memory} and the sizes may be
   * others then, so they are asked anew for every batch.
   *
   * @param driver its name, or {@link #AUTO}
   * @throws PortException when there is none that works, with the reason for each
   */
  <P extends Port> P open(PortSpec<P> spec, String driver) throws PortException;

  /**
   * Opens a port of frames in two halves with packets that have an owner each.
   *
   * @param driver its name, or {@link #AUTO}
   * @throws PortException as {@link #open}
   */
  SplitPort split(FrameSpec spec, String driver) throws PortException;

  /**
   * Opens a port of frames that calls when something is there.
   *
   * @param driver its name, or {@link #AUTO}
   * @throws PortException as {@link #open}
   */
  AsyncPort async(FrameSpec spec, String driver) throws PortException;

  /** What each driver could do with this, the best first. */
  List<PortProbe> probe(PortSpec<?> spec);

  /** What is open. */
  List<PortReport> reports();
}
