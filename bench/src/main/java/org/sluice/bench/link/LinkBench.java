// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.opentest4j.TestAbortedException;
import org.sluice.itest.net.ManagedHost;

/** Runs the benchmarks of the domain link and writes their tables. */
public final class LinkBench {
  private static final List<String> PARTS = List.of("hooks", "burst", "policy", "stream");

  private final Path tools = Path.of(System.getProperty("bench.tools"));
  private final Path dispatcher = Path.of(System.getProperty("bench.dispatcher"));
  private final StringBuilder text = new StringBuilder();
  private int events = 300;
  private int rounds = 5;
  private int seconds = 10;
  private Set<String> parts = new TreeSet<>(PARTS);
  private Path out = Path.of("link.md");

  private LinkBench() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    LinkBench bench = new LinkBench();
    for (int i = 0; i + 1 < args.length; i += 2) {
      bench.option(args[i], args[i + 1]);
    }
    try {
      bench.run();
    } catch (TestAbortedException e) {
      System.err.println("this cannot be measured here: " + e.getMessage());
      System.exit(1);
    }
  }

  private void option(String name, String value) {
    switch (name) {
      case "--events" -> events = Integer.parseInt(value);
      case "--rounds" -> rounds = Integer.parseInt(value);
      case "--seconds" -> seconds = Integer.parseInt(value);
      case "--only" -> parts = new TreeSet<>(Arrays.asList(value.split(",", -1)));
      case "--out" -> out = Path.of(value);
      default -> throw new IllegalArgumentException("unknown option " + name);
    }
    if (!PARTS.containsAll(parts)) {
      throw new IllegalArgumentException("--only takes " + String.join(",", PARTS));
    }
  }

  private void run() throws Exception {
    heading();
    // The tables so far are kept when a later part fails.
    if (parts.contains("hooks")) {
      hooks();
      Files.writeString(out, text);
    }
    if (parts.contains("burst")) {
      BurstBench burst = new BurstBench();
      burst.run(rounds);
      add(burst.table());
    }
    if (parts.contains("policy")) {
      PolicyBench policy = new PolicyBench();
      policy.run(rounds);
      add(policy.table());
    }
    if (parts.contains("stream")) {
      StreamBench stream = new StreamBench(seconds);
      stream.run(tools, Math.min(rounds, 3));
      add(stream.table());
      text.append(
          """

          The kernel is the source: routes are added and removed in it. The reader is a plugin that subscribes to the
          picture (`LinkTable.subscribe`). A round in which nothing was lost: the changes were made at the rate asked for
          (less 3 %), every one came, once, in order, without an overrun or a look anew, the last less than a second late.
          """);
    }
    Files.writeString(out, text);
    System.out.println(text);
  }

  private void add(String table) throws IOException {
    text.append('\n').append(table);
    Files.writeString(out, text);
  }

  private void heading() throws Exception {
    text.append("# Events, hooks and policy routing\n\n");
    text.append(
        "Made by `bench/run link --events %d --rounds %d --seconds %d%s` on %s: %s, %d processors, Linux %s, JDK %s.\n"
            .formatted(
                events,
                rounds,
                seconds,
                parts.size() == PARTS.size() ? "" : " --only " + String.join(",", parts),
                LocalDate.now(ZoneId.systemDefault()),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version()));
    text.append(
        "Sluice runs as shipped, started by its script. Unless it says otherwise: median (minimum–maximum, number of rounds).\n");
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return "unknown processor";
  }

  private void hooks() throws Exception {
    String networkd;
    try (ManagedHost host = ManagedHost.create("networkctl")) {
      networkd = host.run("networkctl", "--version").lines().findFirst().orElse("");
    }
    try (HookRace race = new HookRace(tools, dispatcher)) {
      race.run(events);
      text.append("\n| milliseconds | n | p50 | p90 | p99 | max | medians of ");
      text.append(rounds).append(" rounds |\n|---|---|---|---|---|---|---|\n");
      rows(race, "carrier down → hook", HookRace.Racer::down);
      rows(race, "carrier up → routable hook", HookRace.Racer::up);
      rows(race, "of that, carrier up → address, by networkd", HookRace.Racer::toAddress);
      rows(race, "of that, address → routable hook", HookRace.Racer::fromAddress);
      rows(race, "cable pulled → hook", HookRace.Racer::downFromPull);
      rows(race, "cable plugged in → routable hook", HookRace.Racer::upFromPlug);
      for (HookRace.Racer racer : race.racers()) {
        text.append(
            "\nHooks of %s that did not run before the next change: %d."
                .formatted(racer.name(), racer.lost()));
      }
      text.append(
          """


          The hook is the same small C program on both sides, linked statically; its first instruction takes the time. The
          rows of carrier and address begin when the kernel tells of them, as a plain listener to rtnetlink hears it; the
          last four begin before the kernel is asked to take the far end of the cable down or up. Sluice and
          networkd-dispatcher (%s) run at the same time, each on a throw-away host with a message bus and a systemd-networkd
          (%s) of its own; their cables are pulled in turn, so that one is idle while the other is measured. The address is a
          fixed one that networkd adds when it hears of the carrier; neither side has a part in how long that takes. Ten changes of each kind go before, uncounted. Sluice's limit of ten runs a minute is off (`"rate": 0`).
          """
              .formatted(
                  System.getProperty("bench.dispatcher.version", "unknown version"), networkd));
    }
  }

  private void rows(HookRace race, String what, Function<HookRace.Racer, Delays> delays) {
    for (HookRace.Racer racer : race.racers()) {
      text.append(
          "| %s, %s | %s |\n".formatted(what, racer.name(), delays.apply(racer).cells(rounds)));
    }
  }
}
