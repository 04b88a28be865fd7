// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whose configuration is read. */
enum Product {
  NETEVD,
  NETWORK_BROKER,
  NETWORKD_DISPATCHER,
  NETWORKMANAGER;

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Where it lies unless somebody says otherwise. */
  List<Path> places() {
    return switch (this) {
      case NETEVD -> List.of(Path.of("/etc/netevd"));
      case NETWORK_BROKER -> List.of(Path.of("/etc/network-broker"));
      case NETWORKD_DISPATCHER ->
          List.of(Path.of("/etc/networkd-dispatcher"), Path.of("/usr/lib/networkd-dispatcher"));
      case NETWORKMANAGER ->
          List.of(
              Path.of("/etc/NetworkManager/dispatcher.d"),
              Path.of("/usr/lib/NetworkManager/dispatcher.d"));
    };
  }

  static Optional<Product> named(String word) {
    return Stream.of(values()).filter(product -> product.word().equals(word)).findFirst();
  }
}
