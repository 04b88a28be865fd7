// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;

/** What a person calls a link that is known by its number. */
final class Names {
  private Names() {}

  /** A number in the manner of {@code ip}: {@code if7}, for links of other namespaces. */
  static String of(int index, LinkSnapshot picture) {
    return picture.link(index).map(Link::name).orElse("if" + index);
  }
}
