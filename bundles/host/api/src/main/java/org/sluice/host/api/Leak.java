// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.time.Instant;
import java.util.List;

/**
 * A dropped revision whose class loader could not be collected.
 *
 * @param heldBy what was seen to hold it: threads by name
 */
public record Leak(String bundle, String version, Instant dropped, List<String> heldBy) {}
