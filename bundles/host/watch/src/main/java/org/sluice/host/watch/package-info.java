// SPDX-License-Identifier: Apache-2.0
/**
 * Wakes Felix FileInstall the moment a watched folder changes.
 *
 * <p>FileInstall only polls. Its threads wait on their own monitor between two polls, so a
 * notification makes them look at once. The poll stays as the safety net for file systems that tell
 * nothing.
 */
@NullMarked
package org.sluice.host.watch;

import org.jspecify.annotations.NullMarked;
