// SPDX-License-Identifier: Apache-2.0
/**
 * Ports that outlive their drivers, and threads that call the handlers of packets.
 *
 * <p>{@link org.sluice.packet.engine.OpenPorts} chooses a driver for a port and moves the port to
 * another one when it must ({@link org.sluice.packet.engine.Steady}); {@link
 * org.sluice.packet.engine.Engine} has a {@link org.sluice.packet.engine.Station} for every queue
 * that a handler wants.
 */
@NullMarked
package org.sluice.packet.engine;

import org.jspecify.annotations.NullMarked;
