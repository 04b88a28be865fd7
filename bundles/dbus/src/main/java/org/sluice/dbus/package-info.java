// SPDX-License-Identifier: Apache-2.0
/**
 * D-Bus without trust in anybody but the bus.
 *
 * <p>A {@link org.sluice.dbus.Bus} is one user's share of one connection. It calls methods, follows
 * names, hears signals of the sender it asked for and of nobody else, and exports objects. The
 * connection is made in the background and made again whenever it is lost; everything asked for is
 * put in force again, and whoever asked is told to read anew.
 *
 * <p>What a {@code Bus} tells, it tells on one thread named {@code dbus/<user>}, in the order in
 * which the bus said it: signals, replies, names that appear and vanish. What comes from outside is
 * checked against the D-Bus specification before anything is made of it; a message that breaks it
 * costs its sender an answer, and nobody else anything.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.dbus;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
