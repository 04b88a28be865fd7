// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/**
 * A signal as it came.
 *
 * @param sender unique name of its sender; the bus vouches for it
 */
public record Signal(
    String sender, ObjectPath path, String interfaceName, String member, Body body) {}
