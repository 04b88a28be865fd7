// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;

/**
 * A route in a table of a policy.
 *
 * @param link index of the link; 0 when no packet is sent by it
 * @param gateway none when the destination is on the link
 * @param onLink whether the gateway is on the link although no address says so
 */
record OwnedRoute(
    long table,
    Type type,
    IpPrefix destination,
    long metric,
    int link,
    @Nullable IpAddress gateway,
    boolean onLink)
    implements Owned {

  /** What becomes of a packet; the numbers are the kernel's. */
  enum Type {
    UNICAST(1, ""),
    UNREACHABLE(7, "unreachable "),
    /** As if this table had no route: the next rule is asked. */
    THROW(9, "throw ");

    private final int number;
    private final String prefix;

    Type(int number, String prefix) {
      this.number = number;
      this.prefix = prefix;
    }

    int number() {
      return number;
    }

    static @Nullable Type of(int number) {
      for (Type type : values()) {
        if (type.number == number) {
          return type;
        }
      }
      return null;
    }
  }

  /** What the kernel takes for the same place, whatever stands there. */
  record Place(long table, IpPrefix destination, long metric) {}

  Place place() {
    return new Place(table, destination, metric);
  }

  @Override
  public boolean six() {
    return destination.address().six();
  }

  boolean isDefault() {
    return destination.length() == 0;
  }

  @Override
  public String text(IntFunction<String> linkNames) {
    StringBuilder text = new StringBuilder(type.prefix);
    text.append(isDefault() ? "default" : destination.toString());
    if (gateway != null) {
      text.append(" via ").append(gateway);
    }
    if (link != 0) {
      text.append(" dev ").append(linkNames.apply(link));
    }
    text.append(" table ").append(Owned.table(table));
    if (metric != 0) {
      text.append(" metric ").append(metric);
    }
    return onLink ? text.append(" onlink").toString() : text.toString();
  }
}
