// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Instant;

/**
 * Something that was lost and put back.
 *
 * @param what in the words of {@code ip}
 * @param by who took it away; empty when nobody knows
 */
record Heal(Instant time, String link, String what, String by) {}
