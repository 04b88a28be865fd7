// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.List;
import java.util.Set;

/**
 * What a jar says of itself.
 *
 * @param inTurn whether it cannot run beside its predecessor, so that the old revision must stop
 *     before the new one starts
 * @param components paths of its component descriptions
 * @param packages packages of its classes, to recognise them in a stack
 */
record Jar(
    String name, String version, boolean inTurn, List<String> components, Set<String> packages) {}
