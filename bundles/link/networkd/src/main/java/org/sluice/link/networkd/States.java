// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.Management.Reach;
import org.sluice.link.api.Management.Stage;

/**
 * How far networkd is, in its own words; empty for a word it did not say.
 *
 * @param setup how far it is with a link: {@code configuring}
 * @param operational what can be done with it: {@code routable}
 * @param ipv4 the same of one family
 * @param ipv6 the same of one family
 * @param online whether it has what its file asks for: {@code online}
 */
record States(String setup, String operational, String ipv4, String ipv6, String online) {
  static final States NONE = new States("", "", "", "", "");

  /**
   * These states, but for those that are said anew.
   *
   * @param said the value of a property, or null when it is not said
   */
  States with(Function<String, @Nullable String> said, ServiceTally tally) {
    return new States(
        word(said.apply("AdministrativeState"), setup, tally),
        word(said.apply("OperationalState"), operational, tally),
        word(said.apply("IPv4AddressState"), ipv4, tally),
        word(said.apply("IPv6AddressState"), ipv6, tally),
        word(said.apply("OnlineState"), online, tally));
  }

  private static String word(@Nullable String said, String before, ServiceTally tally) {
    if (said == null) {
      return before;
    }
    if (said.isEmpty() || Texts.word(said)) {
      return said;
    }
    tally.malformed();
    return before;
  }

  /** Whether it lets go of the link, for the link goes. */
  boolean lingering() {
    return setup.equals("linger");
  }

  /** Whether it has not yet come to a result. */
  boolean settling() {
    return switch (setup) {
      case "pending", "initialized", "configuring" -> true;
      default -> false;
    };
  }

  Stage stage() {
    return switch (setup) {
      case "configured" -> Stage.CONFIGURED;
      case "configuring" ->
          switch (operational) {
            case "no-carrier", "off", "missing" -> Stage.WAITING;
            default -> Stage.CONFIGURING;
          };
      case "unmanaged" -> Stage.UNMANAGED;
      case "failed" -> Stage.FAILED;
      case "linger" -> Stage.LEAVING;
      default -> Stage.WAITING;
    };
  }

  /** Of the host as a whole, of which networkd says whether it is online. */
  Stage hostStage() {
    return switch (online) {
      case "online" -> Stage.CONFIGURED;
      case "partial" -> Stage.CONFIGURING;
      case "" -> operational.equals("routable") ? Stage.CONFIGURED : Stage.WAITING;
      default -> Stage.WAITING;
    };
  }

  /** How far packets get, in the word for a family. */
  static Reach reach(String word) {
    return switch (word) {
      case "off" -> Reach.OFF;
      case "degraded" -> Reach.LINK;
      case "routable" -> Reach.ROUTABLE;
      default -> Reach.UNKNOWN;
    };
  }
}
