// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

/**
 * A user of this system.
 *
 * @param group the number of his main group
 */
record Account(String name, int number, int group, String home) {}
