// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What is left behind by much that happens. */
@Timeout(value = 480, unit = TimeUnit.SECONDS)
class EnduranceTest {
  private static final int ADDRESSES = 1000;

  /** Two events an address. */
  private static final int ROUNDS = 50;

  private static SluiceProcess launch(Namespace namespace) throws Exception {
    SluiceProcess sluice = SluiceProcess.prepare().under(namespace.prefix());
    // Few events are remembered, so that the memory for them is full from the first round on.
    sluice.config("org.sluice.link.table", "{ \"history\": 1000 }");
    sluice.launch();
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
    // Past its trial: were it taken back, more events would be remembered from then on.
    sluice.awaitTrue(
        "the configuration to be committed",
        () -> sluice.command("config:log", "--json").out().contains("\"COMMITTED\""));
    return sluice;
  }

  @Test
  void aHundredThousandEventsLeaveTheMemoryFlat() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(namespace)) {
      namespace.ip("link add left type veth peer right");
      List<String> lines = new ArrayList<>();
      for (String what : List.of("add", "del")) {
        for (int i = 0; i < ADDRESSES; i++) {
          lines.add("addr %s 10.%d.%d.1/32 dev left".formatted(what, i >> 8, i & 255));
        }
      }
      long first = churn(namespace, sluice, lines, 5);
      long before = used(sluice);
      long last = churn(namespace, sluice, lines, ROUNDS);
      long after = used(sluice);
      assertTrue(last - first >= 100_000, () -> (last - first) + " events");
      long grown = after - before;
      assertTrue(
          grown < 2 << 20, () -> before + " bytes have become " + after + " by " + (last - first));
    }
  }

  /** Returns the number of the last event. */
  private static long churn(
      Namespace namespace, SluiceProcess sluice, List<String> lines, int rounds) throws Exception {
    for (int i = 0; i < rounds; i++) {
      namespace.batch(lines);
      // When this is there, all before it were handled: what the kernel drops is no event.
      String mtu = Integer.toString(1400 + i);
      namespace.ip("link set left mtu " + mtu);
      sluice.awaitTrue(
          "the last change",
          () -> text(sluice.command("link:show", "left", "--json").json(), "mtu").equals(mtu));
    }
    List<JsonValue> events =
        sluice.command("link:events", "--json").out().lines().map(Namespace::json).toList();
    return Long.parseLong(text(events.getLast(), "number"));
  }

  /** Bytes of all objects that are still reachable. */
  private static long used(SluiceProcess sluice) throws Exception {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(tool, Long.toString(sluice.process().pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    String total = out.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return Long.parseLong(total.strip().split("\\s+")[2]);
  }

  @Test
  void aHundredRestartsOfEveryBundleLeaveNothingBehind() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = launch(namespace)) {
      List<String> names =
          Namespace.items(sluice.command("host:bundles", "--json").json()).stream()
              .map(bundle -> text(bundle, "name"))
              .filter(name -> name.startsWith("org.sluice.link.") && !name.endsWith(".api"))
              .toList();
      assertTrue(names.contains("org.sluice.link.table"), names::toString);
      BundleSwitch bundles = BundleSwitch.in(sluice);
      for (String name : names) {
        bundles.cycle(name, 5);
      }
      Path process = Path.of("/proc/" + sluice.process().pid());
      long threads = count(process.resolve("task"));
      long descriptors = count(process.resolve("fd"));
      for (String name : names) {
        bundles.cycle(name, 100);
        sluice.awaitTrue(
            "no more threads than before (" + threads + ") by " + name,
            () -> count(process.resolve("task")) <= threads + 5);
        sluice.awaitTrue(
            "no more descriptors than before (" + descriptors + ") by " + name,
            () -> count(process.resolve("fd")) <= descriptors + 5);
      }
      sluice.awaitTrue(
          "the kernel's picture", () -> sluice.command("link:list").out().contains("lo"));
    }
  }

  private static long count(Path folder) throws Exception {
    try (var entries = Files.list(folder)) {
      return entries.count();
    }
  }
}
