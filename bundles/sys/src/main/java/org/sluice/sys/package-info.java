// SPDX-License-Identifier: Apache-2.0
/**
 * The only room that calls the operating system.
 *
 * <p>Every call through {@code java.lang.foreign} is here, so that it is reviewed once and so that
 * nothing else in the process holds a raw descriptor. This bundle knows no domain; it is not
 * swapped while the process runs.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
