// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.time.Duration;

/**
 * A method to be called.
 *
 * @param destination well-known or unique name of whom to call
 * @param autoStart whether the bus may start the service when nobody owns its name. Not unless
 *     asked for: who looks at a host must not change it.
 * @param timeout after which the call fails
 */
public record MethodCall(
    String destination,
    ObjectPath path,
    String interfaceName,
    String member,
    Body arguments,
    boolean autoStart,
    Duration timeout) {

  /** As long as other implementations wait. */
  public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(25);

  public MethodCall {
    Names.checkBusName(destination);
    Names.checkInterface(interfaceName);
    Names.checkMember(member);
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("a timeout of " + timeout);
    }
  }

  public static MethodCall to(
      String destination, ObjectPath path, String interfaceName, String member) {
    return new MethodCall(
        destination, path, interfaceName, member, Body.EMPTY, false, USUAL_TIMEOUT);
  }

  public MethodCall with(DBusValue... values) {
    return new MethodCall(
        destination, path, interfaceName, member, Body.of(values), autoStart, timeout);
  }

  public MethodCall within(Duration limit) {
    return new MethodCall(destination, path, interfaceName, member, arguments, autoStart, limit);
  }

  public MethodCall startingService() {
    return new MethodCall(destination, path, interfaceName, member, arguments, true, timeout);
  }

  /** For messages: {@code org.x /a org.x.I.Member}. */
  @Override
  public String toString() {
    return destination + " " + path + " " + interfaceName + "." + member;
  }
}
