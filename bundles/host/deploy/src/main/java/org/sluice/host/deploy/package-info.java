// SPDX-License-Identifier: Apache-2.0
/**
 * Guarded deployment of the jars in {@code plugins/}.
 *
 * <p>What FileInstall tells is only a hint to look ({@link org.sluice.host.deploy.Hints}); the
 * folder is the truth ({@link org.sluice.host.deploy.DropFolder}). One thread looks and decides
 * ({@link org.sluice.host.deploy.Worker}): a complete file is copied ({@link
 * org.sluice.host.deploy.Staging}), the copy inspected ({@link
 * org.sluice.host.deploy.JarInspection}, {@link org.sluice.host.deploy.SignatureCheck}), installed
 * beside what serves and resolved ({@link org.sluice.host.deploy.Intake}). What runs code of a
 * plugin never runs on that thread: an {@link org.sluice.host.deploy.Attempt} starts and probes a
 * revision, a {@link org.sluice.host.deploy.Retirement} drops one, each on a thread of its own that
 * is given up when it takes too long ({@link org.sluice.host.deploy.Bounded}). {@link
 * org.sluice.host.deploy.Lifecycle} says what comes of an attempt, {@link
 * org.sluice.host.deploy.Verdicts} what is refused and when it is worth another try, {@link
 * org.sluice.host.deploy.Dismissal} how a revision goes. The {@link org.sluice.host.deploy.Journal}
 * remembers across restarts.
 */
@NullMarked
package org.sluice.host.deploy;

import org.jspecify.annotations.NullMarked;
