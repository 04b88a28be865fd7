// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.NoSuchElementException;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkSnapshot;

/** Finds the link that a hook is tried with. */
final class TestLink {
  private TestLink() {}

  /**
   * @param name empty for the first one that leads anywhere
   */
  static Link find(String name, LinkSnapshot picture) {
    if (!name.isEmpty()) {
      return picture
          .link(name)
          .orElseThrow(
              () ->
                  new NoSuchElementException(
                      "there is no link named " + name + "; link:list shows those there are"));
    }
    return picture.links().stream()
        .filter(link -> link.up() && !link.flags().contains(LinkFlag.LOOPBACK))
        .findFirst()
        .or(() -> picture.links().stream().findFirst())
        .orElseThrow(() -> new NoSuchElementException("no link is known yet; see link:sources"));
  }
}
