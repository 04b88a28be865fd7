// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An address of this host. Lifetimes are left out: they change by themselves.
 *
 * @param link index of the link it is on
 * @param prefix the address and the length of its network
 * @param peer the other end of a point-to-point link
 * @param label the name IPv4 tools print; printable, empty when it is none
 */
public record Address(
    int link,
    IpPrefix prefix,
    @Nullable IpAddress peer,
    Scope scope,
    Set<AddressFlag> flags,
    String label)
    implements Fact {

  public Address {
    EnumSet<AddressFlag> ordered = EnumSet.noneOf(AddressFlag.class);
    ordered.addAll(flags);
    flags = Collections.unmodifiableSet(ordered);
  }

  /** The identity of an address: the same one may be on two links. */
  public record Key(int link, IpPrefix prefix, @Nullable IpAddress peer) implements Fact.Key {
    @Override
    public Kind kind() {
      return Kind.ADDRESS;
    }
  }

  @Override
  public Key key() {
    return new Key(link, prefix, peer);
  }

  @Override
  public Kind kind() {
    return Kind.ADDRESS;
  }

  /** Whether packets can be sent from it now. */
  public boolean usable() {
    return !flags.contains(AddressFlag.DADFAILED)
        && (!flags.contains(AddressFlag.TENTATIVE) || flags.contains(AddressFlag.OPTIMISTIC));
  }

  /** Whether it was leased or announced rather than set by hand. */
  public boolean dynamic() {
    return !flags.contains(AddressFlag.PERMANENT);
  }
}
