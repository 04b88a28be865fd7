// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whose hooks lie in a folder: where in it they lie, when they run and what they are told. */
enum Style {
  SLUICE,
  NETWORKD_DISPATCHER,
  NETWORKMANAGER,
  NETWORK_BROKER;

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Style> named(String word) {
    return Stream.of(values()).filter(style -> style.word().equals(word)).findFirst();
  }
}
