// SPDX-License-Identifier: Apache-2.0
/**
 * Frames by cables that exist in memory alone: the port is the one that AF_XDP has, and what stands
 * at the other side of its rings plays the kernel, with the kernel's habits.
 *
 * <p>A cable has a name and ends: the interface {@code lan.a} is the end {@code a} of the cable
 * {@code lan}. What is sent at one end arrives at all others that are open. {@link
 * org.sluice.packet.sim.SimulatedNetwork} is for tests of what uses ports, {@link
 * org.sluice.packet.sim.SimDriver} for a running product.
 */
@NullMarked
package org.sluice.packet.sim;

import org.jspecify.annotations.NullMarked;
