// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;

/**
 * What a jar would change if it were dropped.
 *
 * @param replaces the revision it would take the place of, {@code name version}; empty for a new
 *     one
 * @param accepted whether it would be taken
 * @param problems why not; each names what is missing and the nearest candidate
 * @param wires what its imports and requirements would be wired to
 * @param components components it brings, each with the services it would register
 * @param restarts bundles that would be refreshed along with it
 */
public record PluginPlan(
    String file,
    String bundle,
    String version,
    String replaces,
    boolean accepted,
    List<String> problems,
    List<String> wires,
    List<String> components,
    List<String> restarts) {}
