// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import org.sluice.link.api.Management.Stage;

/** The states of NetworkManager, which it tells as numbers, by the names they have in its API. */
final class Words {
  static final int ACTIVATED = 100;

  private Words() {}

  static String device(int state) {
    return switch (state) {
      case 10 -> "unmanaged";
      case 20 -> "unavailable";
      case 30 -> "disconnected";
      case 40 -> "prepare";
      case 50 -> "config";
      case 60 -> "need-auth";
      case 70 -> "ip-config";
      case 80 -> "ip-check";
      case 90 -> "secondaries";
      case ACTIVATED -> "activated";
      case 110 -> "deactivating";
      case 120 -> "failed";
      default -> "unknown";
    };
  }

  static Stage deviceStage(int state) {
    return switch (state) {
      case 10 -> Stage.UNMANAGED;
      case 40, 50, 60, 70, 80, 90 -> Stage.CONFIGURING;
      case ACTIVATED -> Stage.CONFIGURED;
      case 110 -> Stage.LEAVING;
      case 120 -> Stage.FAILED;
      default -> Stage.WAITING;
    };
  }

  static String host(int state) {
    return switch (state) {
      case 10 -> "asleep";
      case 20 -> "disconnected";
      case 30 -> "disconnecting";
      case 40 -> "connecting";
      case 50 -> "connected-local";
      case 60 -> "connected-site";
      case 70 -> "connected-global";
      default -> "unknown";
    };
  }

  static Stage hostStage(int state) {
    return switch (state) {
      case 10 -> Stage.UNMANAGED;
      case 30 -> Stage.LEAVING;
      case 40 -> Stage.CONFIGURING;
      case 50, 60, 70 -> Stage.CONFIGURED;
      default -> Stage.WAITING;
    };
  }

  /** How far one gets, as its check of the connection has it; empty when it does not know. */
  static String connectivity(int state) {
    return switch (state) {
      case 1 -> "none";
      case 2 -> "portal";
      case 3 -> "limited";
      case 4 -> "full";
      default -> "";
    };
  }
}
