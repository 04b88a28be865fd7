// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which table says where a packet goes. The kernel asks the rules of a family by rising priority
 * until one has an answer. Like a route, a rule has no identity short of all it says.
 *
 * @param six whether it is for IPv6
 * @param priority the lower one is asked first
 * @param inverted whether it is for the packets that do not fit what follows
 * @param from where packets come from; none for anywhere
 * @param to where packets go; none for anywhere
 * @param incoming name of the link they came by, printable; empty for any
 * @param outgoing name of the link their socket is bound to, printable; empty for any
 * @param conditions whatever else must be so, in the words of {@code ip rule}: {@code fwmark
 *     0x1/0xff}, {@code ipproto 17}
 * @param action {@code table}, {@code goto}, {@code nop}, {@code blackhole}, {@code unreachable},
 *     {@code prohibit}, {@code l3mdev}
 * @param table the one that is asked, from 1 to 2^32-1; 0 when the action is another
 * @param target priority of the rule to go on with; 0 when the action is another than {@code goto}
 * @param suppressedLength answers with prefixes of this length or shorter do not count; -1 for none
 * @param protocol who made it, by the kernel's number: 2 kernel, 3 boot, 4 static
 */
public record Rule(
    boolean six,
    long priority,
    boolean inverted,
    @Nullable IpPrefix from,
    @Nullable IpPrefix to,
    String incoming,
    String outgoing,
    List<String> conditions,
    String action,
    long table,
    long target,
    int suppressedLength,
    int protocol)
    implements Fact, Fact.Key {

  public Rule {
    conditions = List.copyOf(conditions);
  }

  @Override
  public Rule key() {
    return this;
  }

  @Override
  public Kind kind() {
    return Kind.RULE;
  }
}
