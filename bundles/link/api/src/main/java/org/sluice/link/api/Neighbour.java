// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/**
 * Whether a gateway answers on its link. Only those that some route goes by are told of, and only
 * what a router wants to know: that the kernel asks again from time to time makes no event.
 *
 * @param link index of the link it is asked on
 * @param mac empty while it is not known
 * @param router whether it says of itself that it is one; IPv6 only
 */
public record Neighbour(int link, IpAddress address, String mac, State state, boolean router)
    implements Fact {

  /** How well it is known. */
  public enum State {
    /** Packets can be sent to it. */
    RESOLVED,
    /** It is being asked for, for the first time. */
    RESOLVING,
    /** It did not answer. */
    FAILED
  }

  /** The identity of a neighbour: the same address may be on two links. */
  public record Key(int link, IpAddress address) implements Fact.Key {
    @Override
    public Kind kind() {
      return Kind.NEIGHBOUR;
    }
  }

  @Override
  public Key key() {
    return new Key(link, address);
  }

  @Override
  public Kind kind() {
    return Kind.NEIGHBOUR;
  }
}
