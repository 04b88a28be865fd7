// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the kernel has, as far as it matters.
 *
 * @param owned what carries the mark
 * @param strangers how many things carry the mark and are not of a kind that is made here
 * @param byLink unicast routes by each claimed link, of all tables and whoever made them
 * @param inTables routes that others have in the tables of policies, by table
 */
record Actual(
    Set<Owned> owned,
    int strangers,
    Map<Integer, List<KernelRoute>> byLink,
    Map<Long, List<KernelRoute>> inTables) {

  List<KernelRoute> by(int link) {
    return byLink.getOrDefault(link, List.of());
  }
}
