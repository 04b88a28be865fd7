// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

/**
 * One key that differs between two generations.
 *
 * @param before its value as JSON; empty when it was not there
 * @param after its value as JSON; empty when it is gone
 */
public record ConfigChange(String pid, String key, String before, String after) {}
