// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.Map;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.SourceState;

/**
 * The table in numbers, of one moment.
 *
 * @param lag how many events the slowest subscriber was not told yet
 * @param fallenBehind how often a subscriber was given the picture anew
 * @param missed how many events those were not told one by one
 */
record TableFigures(
    int links,
    int addresses,
    int routes,
    int rules,
    int leases,
    long events,
    Map<String, Long> eventsByName,
    Map<LinkEvent.Cause, Long> eventsByCause,
    int subscribers,
    long lag,
    long fallenBehind,
    long missed,
    long listenerFailures,
    List<SourceState> sources) {}
