// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

/**
 * Somebody calls an exported object.
 *
 * @param sender unique name of the caller; the bus vouches for it. See {@link Bus#credentials}.
 */
public record Invocation(
    String sender, ObjectPath path, String interfaceName, String member, Body arguments) {}
