// SPDX-License-Identifier: Apache-2.0
/**
 * Who did what to what, and what came of it, for those who ask later.
 *
 * <p>Whoever does something worth knowing tells it to a {@link java.lang.System.Logger} whose name
 * ends with {@code .audit}, such as that of its bundle and that word. The message begins with the
 * action and goes on with fields, whose values are parameters: {@code "plugin-removed actor=files
 * subject=\"{0}\""}. The fields {@code actor}, {@code subject} and {@code outcome} are known to
 * every reader; {@code reads=true} says that nothing was changed, and nothing is written. Nobody
 * depends on this bundle; without it the same records are a part of the log, as they are with it.
 */
@NullMarked
package org.sluice.ops.audit;

import org.jspecify.annotations.NullMarked;
