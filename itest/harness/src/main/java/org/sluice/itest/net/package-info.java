// SPDX-License-Identifier: Apache-2.0
/**
 * Networks to run the product in, which leave that of the machine alone: {@link
 * org.sluice.itest.net.Namespace} is empty, {@link org.sluice.itest.net.ManagedHost} is a host on
 * which real managers of the network run, {@link org.sluice.itest.net.HookHome} has hooks that
 * write down what they were told. What cannot be had on a machine skips the test.
 */
@NullMarked
package org.sluice.itest.net;

import org.jspecify.annotations.NullMarked;
