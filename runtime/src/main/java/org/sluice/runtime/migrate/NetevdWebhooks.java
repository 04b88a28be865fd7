// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Web servers that netevd told. */
final class NetevdWebhooks {
  /** Words of netevd for them alone. */
  private static final Map<String, String> NAMES =
      Map.of("route_change", "routes", "address_change", "address-added");

  private final Targets targets;

  NetevdWebhooks(Targets targets) {
    this.targets = targets;
  }

  void migrate(List<Section> webhooks) {
    int number = 0;
    for (Section webhook : webhooks) {
      String pid = targets.named(Targets.WEBHOOK) + (number == 0 ? "" : "-" + number);
      number++;
      var url = webhook.text("url");
      var events = webhook.texts("events");
      List<String> good = events.map(this::known).orElse(List.of());
      if (url.isEmpty()) {
        continue;
      }
      if (!address(url.get().value())) {
        targets.add(Outcome.LOOK, url.get(), "is no address Sluice takes: https://HOST/PATH");
      } else if (events.isPresent() && good.isEmpty()) {
        // Without events it would be told everything.
        targets.add(Outcome.LOOK, url.get(), "is left out: there would be nothing to tell it");
      } else {
        targets.set(url.get(), pid, "url", url.get().value());
        events.ifPresent(found -> targets.set(found, pid, "events", good));
      }
    }
  }

  private List<String> known(Section.Found<List<String>> events) {
    Set<String> known = new TreeSet<>(Netevd.EVENTS);
    known.addAll(List.of("link-up", "link-down"));
    List<String> good = new ArrayList<>();
    for (String event : events.value()) {
      String name = NAMES.getOrDefault(event, event.replace('_', '-'));
      if (known.contains(name)) {
        good.add(name);
      } else {
        targets.add(Outcome.LOOK, events, "there is no event \"" + event + "\"; it is left out");
      }
    }
    return List.copyOf(good);
  }

  /** As link.hooks has it: a name or password in it would be logged. */
  private static boolean address(String url) {
    try {
      URI uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return Set.of("http", "https").contains(scheme)
          && uri.getHost() != null
          && uri.getUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
