// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

/**
 * What one dhclient looks after: a family of a link. It knows links by name only.
 *
 * @param link printable, see {@link org.sluice.link.api.LinkName}
 */
record Slot(String link, boolean six) {}
