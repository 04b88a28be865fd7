// SPDX-License-Identifier: Apache-2.0
/**
 * The client of the control socket. A single command touches as few classes as it can: its start is
 * what a user waits for. Only {@link org.sluice.client.Interactive} loads a library.
 */
@NullMarked
package org.sluice.client;

import org.jspecify.annotations.NullMarked;
