// SPDX-License-Identifier: Apache-2.0
/** The picture of the network, and what happens on it, for other programs on the system bus. */
@NullMarked
package org.sluice.link.dbus;

import org.jspecify.annotations.NullMarked;
