// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known at one moment.
 *
 * @param whole whether processes of others can be seen; without that nobody knows who runs
 * @param hooks what the hook told last
 */
record Evidence(
    boolean whole, List<Client> clients, Map<Slot, HookRecord> hooks, List<LeaseFile> files) {

  Evidence {
    clients = List.copyOf(clients);
    hooks = Map.copyOf(hooks);
    files = List.copyOf(files);
  }

  Set<Slot> slots() {
    Set<Slot> slots = new LinkedHashSet<>(hooks.keySet());
    files.forEach(file -> slots.addAll(file.leases().keySet()));
    clients.forEach(
        client -> client.links().forEach(link -> slots.add(new Slot(link, client.six()))));
    return slots;
  }

  /** Who looks after it. */
  Optional<Client> client(Slot slot) {
    return clients.stream().filter(client -> client.serves(slot)).findFirst();
  }

  /**
   * The lease file that tells of it: that of its dhclient, or the latest of the usual ones. When
   * its dhclient has ended, that which it was told comes before the usual ones.
   */
  Optional<LeaseFile> file(Slot slot) {
    Optional<Client> client = client(slot);
    Path own = client.map(Client::leaseFile).orElse(null);
    return files.stream()
        .filter(file -> client.isEmpty() || (own == null ? file.common() : file.path().equals(own)))
        .filter(file -> file.leases().containsKey(slot))
        .max(
            Comparator.<LeaseFile, Boolean>comparing(file -> !file.common())
                .thenComparing(LeaseFile::written));
  }
}
