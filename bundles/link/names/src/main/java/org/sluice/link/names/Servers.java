// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.ArrayList;
import java.util.List;
import org.sluice.link.api.IpAddress;

/**
 * What resolved is told of one link.
 *
 * @param addresses of name servers, in the order in which they are asked
 * @param domains in the order in which they are searched
 */
record Servers(List<IpAddress> addresses, List<Domain> domains) {
  static final Servers NONE = new Servers(List.of(), List.of());

  Servers {
    addresses = List.copyOf(addresses);
    domains = List.copyOf(domains);
  }

  /**
   * @param routeOnly whether single words are not looked up in it
   */
  record Domain(String name, boolean routeOnly) {
    @Override
    public String toString() {
      return (routeOnly ? "~" : "") + name;
    }
  }

  boolean none() {
    return addresses.isEmpty() && domains.isEmpty();
  }

  /** Each word of it: an address, a domain, or {@code ~} and a domain. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    addresses.forEach(address -> words.add(address.toString()));
    domains.forEach(domain -> words.add(domain.toString()));
    return words;
  }

  @Override
  public String toString() {
    return String.join(" ", words());
  }
}
