// SPDX-License-Identifier: Apache-2.0
/**
 * Runs programs when something happens on the network, and tells web servers.
 *
 * <p>A {@code Happening} becomes one or several {@code Occasion}s; the {@code Dispatcher} keeps
 * them in order for each link, drops what is no longer true and holds back what comes too often; a
 * {@code Worker} takes one at a time and has each hook of it run by the {@code Runner}.
 */
@NullMarked
package org.sluice.link.hooks;

import org.jspecify.annotations.NullMarked;
