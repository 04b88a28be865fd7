// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.xdp;

import java.lang.foreign.MemorySegment;

/**
 * A ring that a socket shares with the kernel, as the kernel laid it out.
 *
 * @param memory all of it
 * @param producer where the index of who puts in lies
 * @param consumer where the index of who takes out lies
 * @param flags where the word lies in which the kernel asks to be woken
 * @param entries where the first entry lies
 * @param size how many entries there are, a power of two
 */
public record XdpRing(
    MemorySegment memory, long producer, long consumer, long flags, long entries, int size) {}
