// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** Ten thousand changes of addresses as fast as {@code ip -batch} makes them. */
final class BurstBench {
  private static final int ADDED = 6000;
  private static final int REMOVED = 4000;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Delays burst = new Delays();
  private final Delays right = new Delays();
  private long lost;

  void run(int rounds) throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = SluiceProcess.prepare()) {
      namespace.ip("link add left type veth peer right");
      Watch watch = Watch.launch(namespace, sluice);
      for (int round = 0; round < rounds; round++) {
        once(namespace, watch);
        System.out.printf(
            "burst: %d of %d, right after %.0f ms%n", round + 1, rounds, right.last());
      }
    }
  }

  private void once(Namespace namespace, Watch watch) throws Exception {
    List<String> lines = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < ADDED; i++) {
      lines.add("addr add " + address(i) + " dev left");
      // Those that go go while others still come.
      if (i >= ADDED - REMOVED) {
        lines.add("addr del " + address(i - (ADDED - REMOVED)) + " dev left");
      }
    }
    for (int i = REMOVED; i < ADDED; i++) {
      rest.add("addr del " + address(i) + " dev left");
    }
    Watch.Seen before = watch.seen();
    double overruns = watch.metric("sluice_link_kernel_overruns_total");
    long begin = System.nanoTime();
    namespace.batch(lines);
    long end = System.nanoTime();
    Set<String> truth = addresses(namespace);
    long rightAt = await(watch.sluice(), truth);
    burst.add((end - begin) / 1e6);
    right.add((rightAt - end) / 1e6);
    Watch.Seen after = watch.awaitEvents(before.events() + ADDED + REMOVED);
    boolean whole =
        after.wholeSince(before) && overruns == watch.metric("sluice_link_kernel_overruns_total");
    lost += whole ? Math.abs(ADDED + REMOVED - (after.events() - before.events())) : 1;
    namespace.batch(rest);
    watch.awaitEvents(after.events() + rest.size());
    await(watch.sluice(), addresses(namespace));
  }

  private static String address(int i) {
    return "10.%d.%d.1/32".formatted(i >> 8, i & 255);
  }

  /** When it was first asked and gave the right answer; the answer itself takes its time too. */
  private static long await(SluiceProcess sluice, Set<String> truth) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < until) {
      Set<String> told = new TreeSet<>();
      JsonValue rows = sluice.command("link:addresses", "--json").json();
      long now = System.nanoTime();
      for (JsonValue row : Namespace.items(rows)) {
        told.add(Namespace.text(row, "link") + " " + Namespace.text(row, "address"));
      }
      if (told.equals(truth)) {
        return now;
      }
      Thread.sleep(5);
    }
    throw new IllegalStateException("the table never was what ip -j addr tells");
  }

  private static Set<String> addresses(Namespace namespace) throws Exception {
    Set<String> all = new TreeSet<>();
    for (JsonValue link : Namespace.items(namespace.ip("-j addr"))) {
      for (JsonValue address : Namespace.items(Namespace.member(link, "addr_info"))) {
        all.add(
            Namespace.text(link, "ifname")
                + " "
                + Namespace.text(address, "local")
                + "/"
                + Namespace.text(address, "prefixlen"));
      }
    }
    return all;
  }

  String table() {
    return """
    | 10,000 changes of addresses at once (6,000 added, 4,000 of them removed) | |
    |---|---|
    | `ip -batch` takes | %s ms |
    | after the last change the table equals `ip -j addr` (the asking included) | %s ms |
    | events lost, or found only by looking anew | %d |
    """
        .formatted(burst.text("%.0f"), right.text("%.0f"), lost);
  }
}
