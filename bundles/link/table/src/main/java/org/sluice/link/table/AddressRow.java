// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Scope;

/**
 * An address in one line.
 *
 * @param usable whether packets can be sent from it now
 */
record AddressRow(
    String link,
    IpPrefix address,
    @Nullable IpAddress peer,
    Scope scope,
    boolean usable,
    boolean dynamic,
    Set<AddressFlag> flags) {

  static List<AddressRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.addresses().stream().map(address -> of(address, names)).toList();
  }

  static AddressRow of(Address address, Names names) {
    return new AddressRow(
        names.of(address.link()),
        address.prefix(),
        address.peer(),
        address.scope(),
        address.usable(),
        address.dynamic(),
        address.flags());
  }
}
