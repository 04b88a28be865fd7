// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A network interface.
 *
 * @param index its number in the network namespace; given again after the link was removed
 * @param name printable, see {@link LinkName}
 * @param type what it is: {@code veth}, {@code bridge}, {@code ether}, {@code loopback}, …
 * @param mac empty when it has none
 * @param permanentMac what the hardware was made with; empty when it has none
 * @param mtu in bytes
 * @param carrier whether there is a partner at the other end of the wire
 * @param master index of the bridge or bond it belongs to; 0 for none
 * @param parent index of the link it is built on, or of its peer; 0 for none. May be an index of
 *     another namespace.
 * @param alternativeNames printable, in the order of the kernel
 */
public record Link(
    int index,
    String name,
    String type,
    String mac,
    String permanentMac,
    int mtu,
    Set<LinkFlag> flags,
    OperState state,
    boolean carrier,
    int master,
    int parent,
    List<String> alternativeNames)
    implements Fact {

  /** Stands where something is about the host as a whole. */
  public static final Link HOST =
      new Link(0, "", "host", "", "", 0, Set.of(), OperState.UNKNOWN, false, 0, 0, List.of());

  public Link {
    EnumSet<LinkFlag> ordered = EnumSet.noneOf(LinkFlag.class);
    ordered.addAll(flags);
    flags = Collections.unmodifiableSet(ordered);
    alternativeNames = List.copyOf(alternativeNames);
  }

  /** The identity of a link. */
  public record Key(int index) implements Fact.Key {
    @Override
    public Kind kind() {
      return Kind.LINK;
    }
  }

  @Override
  public Key key() {
    return new Key(index);
  }

  @Override
  public Kind kind() {
    return Kind.LINK;
  }

  /** Whether somebody wants it to work. */
  public boolean up() {
    return flags.contains(LinkFlag.UP);
  }

  /** In what this differs from the same link before. */
  public Set<LinkAspect> changesSince(Link before) {
    EnumSet<LinkAspect> changes = EnumSet.noneOf(LinkAspect.class);
    mark(changes, LinkAspect.NAME, name, before.name);
    mark(changes, LinkAspect.UP, up(), before.up());
    mark(changes, LinkAspect.CARRIER, carrier, before.carrier);
    mark(changes, LinkAspect.STATE, state, before.state);
    mark(changes, LinkAspect.MTU, mtu, before.mtu);
    mark(changes, LinkAspect.MAC, mac, before.mac);
    mark(changes, LinkAspect.MASTER, master, before.master);
    mark(changes, LinkAspect.PARENT, parent, before.parent);
    mark(changes, LinkAspect.ALTERNATIVE_NAMES, alternativeNames, before.alternativeNames);
    mark(changes, LinkAspect.FLAGS, otherFlags(), before.otherFlags());
    if (changes.isEmpty() && !flags.equals(before.flags)) {
      changes.add(LinkAspect.FLAGS);
    }
    return changes;
  }

  /** Those flags that no other aspect tells. */
  private Set<LinkFlag> otherFlags() {
    EnumSet<LinkFlag> other = EnumSet.noneOf(LinkFlag.class);
    other.addAll(flags);
    other.removeAll(EnumSet.of(LinkFlag.UP, LinkFlag.RUNNING, LinkFlag.LOWER_UP));
    return other;
  }

  private static void mark(Set<LinkAspect> to, LinkAspect aspect, Object now, Object before) {
    if (!now.equals(before)) {
      to.add(aspect);
    }
  }
}
