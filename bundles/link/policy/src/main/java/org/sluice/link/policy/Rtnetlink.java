// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

/** Numbers of {@code linux/rtnetlink.h} and {@code linux/fib_rules.h}. */
final class Rtnetlink {
  static final int NEW_ROUTE = 24;
  static final int DEL_ROUTE = 25;
  static final int GET_ROUTE = 26;
  static final int NEW_RULE = 32;
  static final int DEL_RULE = 33;
  static final int GET_RULE = 34;

  static final int GROUP_IPV4_ROUTE = 7;
  static final int GROUP_IPV4_RULE = 8;
  static final int GROUP_IPV6_ROUTE = 11;
  static final int GROUP_IPV6_RULE = 19;

  /** Flags of a request that makes something. */
  static final int FLAG_REPLACE = 0x100;

  static final int FLAG_EXCLUSIVE = 0x200;
  static final int FLAG_CREATE = 0x400;

  static final int INET = 2;
  static final int INET6 = 10;

  static final long TABLE_MAIN = 254;
  static final long TABLE_LOCAL = 255;

  /** Stands in the header for a table whose number does not fit there. */
  static final int TABLE_ELSEWHERE = 252;

  static final int HEADER = 12;

  static int family(boolean six) {
    return six ? INET6 : INET;
  }

  private Rtnetlink() {}
}
