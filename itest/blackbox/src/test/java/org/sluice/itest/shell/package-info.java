// SPDX-License-Identifier: Apache-2.0
/** The shell, from outside: over its socket, by its client, and in a real terminal. */
@NullMarked
package org.sluice.itest.shell;

import org.jspecify.annotations.NullMarked;
