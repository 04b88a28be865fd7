// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the real distribution from outside: {@link org.sluice.itest.SluiceProcess} starts it on
 * a home of its own, {@link org.sluice.itest.PluginJar} makes plugins for it.
 */
@NullMarked
package org.sluice.itest;

import org.jspecify.annotations.NullMarked;
