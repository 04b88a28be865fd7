// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The answer to one scrape, put together from what the sources gave. A source that contradicts
 * those before it is left out as a whole.
 */
final class Exposition {
  private final TreeMap<String, Family> families = new TreeMap<>();
  private final Map<String, String> familyOfSample = new HashMap<>();
  private final Set<List<String>> seen = new HashSet<>();

  /**
   * @throws BadMetricException when it contradicts what is there; nothing of it was taken then
   */
  void add(List<Family> given) {
    for (Family family : given) {
      check(family);
    }
    for (Family family : given) {
      families
          .computeIfAbsent(
              family.name(), n -> new Family(n, family.type(), family.help(), new ArrayList<>()))
          .samples()
          .addAll(family.samples());
      family.sampleNames().forEach(name -> familyOfSample.put(name, family.name()));
      family.samples().forEach(s -> seen.add(Gathering.key(s.name(), s.labels())));
    }
  }

  private void check(Family family) {
    Family other = families.get(family.name());
    if (other != null && other.type() != family.type()) {
      throw new BadMetricException(
          "%s is a %s, but another source gives it as %s"
              .formatted(family.name(), family.type().word(), other.type().word()));
    }
    for (String name : family.sampleNames()) {
      String owner = familyOfSample.getOrDefault(name, family.name());
      if (!owner.equals(family.name())) {
        throw new BadMetricException(
            "%s of %s is also a name of %s of another source"
                .formatted(name, family.name(), owner));
      }
    }
    for (Sample sample : family.samples()) {
      if (seen.contains(Gathering.key(sample.name(), sample.labels()))) {
        throw new BadMetricException(
            "%s with the labels %s is also given by another source"
                .formatted(sample.name(), sample.labels()));
      }
    }
  }

  /** By name. */
  List<Family> families() {
    return List.copyOf(families.values());
  }
}
