// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong after a generation was applied.
 *
 * @param pid whose change did it; null when that cannot be told
 */
record Failure(@Nullable Pid pid, String text) {}
