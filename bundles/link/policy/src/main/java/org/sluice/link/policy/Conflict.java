// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

/**
 * Something that stands in the way and that only a person can put right.
 *
 * @param link its name; empty when it is about no link in particular
 */
record Conflict(String link, String text, String remedy) {}
