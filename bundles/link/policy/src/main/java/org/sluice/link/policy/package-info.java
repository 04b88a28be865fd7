// SPDX-License-Identifier: Apache-2.0
/**
 * Policy routing: what is sent from an address of a link leaves by that link.
 *
 * <p>A policy is a file. From it, from the picture of the network and from the routes of the kernel
 * follows what should be ({@link org.sluice.link.policy.Desired}); the kernel tells what is ({@link
 * org.sluice.link.policy.Actual}); the difference is a {@link org.sluice.link.policy.Plan}. All
 * three are plain values. The {@link org.sluice.link.policy.Reconciler} makes them whenever
 * something happened and carries the plan out.
 */
@NullMarked
package org.sluice.link.policy;

import org.jspecify.annotations.NullMarked;
