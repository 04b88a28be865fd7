// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.HashMap;
import java.util.Map;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkSnapshot;

/** What people call the links that facts know by their numbers. For one thread. */
final class Names {
  private final Map<Integer, String> byIndex = new HashMap<>();

  static Names in(LinkSnapshot picture) {
    Names names = new Names();
    names.learn(picture);
    return names;
  }

  void learn(LinkSnapshot picture) {
    byIndex.clear();
    for (Link link : picture.links()) {
      byIndex.put(link.index(), link.name());
    }
  }

  /** A link that went keeps its name until its number is given again. */
  void learn(LinkEvent event) {
    switch (event) {
      case LinkEvent.Added(var stamp, Link link) -> byIndex.put(link.index(), link.name());
      case LinkEvent.Changed(var stamp, Link before, Link link) ->
          byIndex.put(link.index(), link.name());
      default -> {}
    }
  }

  /** A number in the manner of {@code ip}, {@code if7}, for links of other namespaces. */
  String of(int index) {
    return byIndex.getOrDefault(index, "if" + index);
  }

  /** Empty for 0, which stands for no link. */
  String orNone(int index) {
    return index == 0 ? "" : of(index);
  }
}
