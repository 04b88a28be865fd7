// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.sluice.link.api.Address;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Rule;

/** Of the picture of the network, what policy routing goes by. */
record Scene(List<Link> links, List<Address> addresses, List<Rule> rules) {

  static Scene of(LinkSnapshot picture) {
    return new Scene(picture.links(), picture.addresses(), picture.rules());
  }

  /** There is always a loopback link; without any link nobody has told the picture. */
  boolean known() {
    return !links.isEmpty();
  }

  List<Address> addresses(Link on) {
    return addresses.stream().filter(address -> address.link() == on.index()).toList();
  }

  IntFunction<String> names() {
    return index -> link(index).map(Link::name).orElse("if" + index);
  }

  Optional<Link> link(int index) {
    return links.stream().filter(link -> link.index() == index).findFirst();
  }
}
