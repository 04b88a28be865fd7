// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

/** Numbers of {@code linux/rtnetlink.h}, {@code if_link.h}, {@code if_addr.h}. */
final class Rtnetlink {
  static final int NEW_LINK = 16;
  static final int DEL_LINK = 17;
  static final int GET_LINK = 18;
  static final int NEW_ADDRESS = 20;
  static final int DEL_ADDRESS = 21;
  static final int GET_ADDRESS = 22;
  static final int NEW_ROUTE = 24;
  static final int DEL_ROUTE = 25;
  static final int GET_ROUTE = 26;
  static final int NEW_NEIGHBOUR = 28;
  static final int DEL_NEIGHBOUR = 29;
  static final int GET_NEIGHBOUR = 30;
  static final int NEW_RULE = 32;
  static final int DEL_RULE = 33;
  static final int GET_RULE = 34;

  static final int GROUP_LINK = 1;
  static final int GROUP_NEIGHBOUR = 3;
  static final int GROUP_IPV4_ADDRESS = 5;
  static final int GROUP_IPV4_ROUTE = 7;
  static final int GROUP_IPV4_RULE = 8;
  static final int GROUP_IPV6_ADDRESS = 9;
  static final int GROUP_IPV6_ROUTE = 11;
  static final int GROUP_IPV6_RULE = 19;

  static final int UNSPECIFIED = 0;
  static final int INET = 2;
  static final int INET6 = 10;

  static final int LINK_HEADER = 16;
  static final int ADDRESS_HEADER = 8;
  static final int ROUTE_HEADER = 12;
  static final int RULE_HEADER = 12;
  static final int NEIGHBOUR_HEADER = 12;

  static final int TABLE_MAIN = 254;
  static final int TABLE_LOCAL = 255;

  /** Flag of a notification: further hops were added to a route. */
  static final int FLAG_APPEND = 0x800;

  private Rtnetlink() {}

  /** The type of a message as people write it. */
  static String word(int type) {
    return switch (type) {
      case NEW_LINK -> "new-link";
      case DEL_LINK -> "del-link";
      case NEW_ADDRESS -> "new-address";
      case DEL_ADDRESS -> "del-address";
      case NEW_ROUTE -> "new-route";
      case DEL_ROUTE -> "del-route";
      case NEW_NEIGHBOUR -> "new-neighbour";
      case DEL_NEIGHBOUR -> "del-neighbour";
      case NEW_RULE -> "new-rule";
      case DEL_RULE -> "del-rule";
      default -> "other";
    };
  }
}
