// SPDX-License-Identifier: Apache-2.0
/**
 * Guarded deployment of the jars in {@code plugins/}.
 *
 * <p>What FileInstall tells is only a hint to look ({@link org.sluice.host.deploy.Hints}); the
 * folder is the truth ({@link org.sluice.host.deploy.DropFolder}). One thread looks and decides
 * ({@link org.sluice.host.deploy.Deployer}): a complete file is copied ({@link
 * org.sluice.host.deploy.Staging}), the copy inspected ({@link
 * org.sluice.host.deploy.JarInspection}, {@link org.sluice.host.deploy.SignatureCheck}), installed
 * beside what serves and resolved. What runs code of a plugin never runs on that thread: an {@link
 * org.sluice.host.deploy.Attempt} starts and probes the new revision, a {@link
 * org.sluice.host.deploy.Retirement} drops an old one, each on a thread of its own that is given up
 * when it takes too long. What is refused goes to the {@link org.sluice.host.deploy.Quarantine}.
 * The {@link org.sluice.host.deploy.Journal} remembers across restarts.
 */
@NullMarked
package org.sluice.host.deploy;

import org.jspecify.annotations.NullMarked;
