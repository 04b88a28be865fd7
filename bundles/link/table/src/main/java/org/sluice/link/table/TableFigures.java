// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.SourceState;

/**
 * The table in numbers, of one moment.
 *
 * @param lag how many events the slowest subscriber was not told yet
 * @param fallenBehind how often a subscriber was given the picture anew
 * @param missed how many events those were not told one by one
 * @param quiet for how long there has been no source that tells of links; empty when there is one
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
    Optional<Duration> quiet,
    List<SourceState> sources) {}
