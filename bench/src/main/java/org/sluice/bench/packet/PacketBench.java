// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.opentest4j.TestAbortedException;
import org.sluice.bench.host.Samples;

/** Runs the benchmarks of the domain packet and writes their tables. */
public final class PacketBench {
  static final String C = "C";
  private static final String OURS = "ours";
  private static final List<String> PARTS =
      List.of("frames", "sockets", "rings", "settings", "latency", "pauses");
  private static final int SETTING_ROUNDS = 3;
  private static final int GARBAGE = 20;

  private final Path tools = Path.of(System.getProperty("bench.tools"));
  private final StringBuilder text = new StringBuilder();
  private int rounds = 5;
  private double seconds = 2;
  private int minutes = 10;
  private Set<String> parts = new TreeSet<>(PARTS);
  private Path out = Path.of("packet.md");

  private PacketBench() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    PacketBench bench = new PacketBench();
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
      case "--rounds" -> rounds = Integer.parseInt(value);
      case "--seconds" -> seconds = Double.parseDouble(value);
      case "--minutes" -> minutes = Integer.parseInt(value);
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
    for (String part : PARTS) {
      if (parts.contains(part)) {
        text.append('\n');
        switch (part) {
          case "frames" -> frames();
          case "sockets" -> sockets();
          case "rings" -> rings();
          case "settings" -> settings();
          case "latency" -> latency();
          default -> pauses();
        }
        Files.writeString(out, text);
      }
    }
    Files.writeString(out, text);
    System.out.println(text);
  }

  private void heading() throws Exception {
    text.append("# Frames and datagrams\n\n");
    text.append(
        "Made by `bench/run packet --rounds %d --seconds %s%s` on %s: %s, %d processors, Linux %s, JDK %s.\n"
            .formatted(
                rounds,
                number(seconds),
                parts.size() == PARTS.size()
                    ? " --minutes " + minutes
                    : " --only " + String.join(",", parts),
                LocalDate.now(ZoneId.systemDefault()),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version()));
    text.append(
        """
        Median (minimum–maximum, number of rounds). Frames are UDP of 60 bytes, 64 with the checksum of a wire, on a pair of
        veth between two networks; the far end is on processor 0, the program on processor 1. In every round the contestants
        run one after another, each in a fresh process, ours in a virtual machine with the options of the product, by the
        interfaces that a plugin has. All have 4096 chunks of 2048 bytes on pages of 2 MiB, rings of 2048 and batches of 64
        if nothing else is said; the program in C (`bench/src/main/c`) uses no library. A round counts only when the packets
        that the program counted, from first to last, are those that both ends of the cable counted. Ours runs for 5 s (datagrams: 8) before
        it is counted, C for half a second: with the options of the product a method that moves packets is optimised after
        5,000 calls, which are batches here.
        """);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return "unknown processor";
  }

  private String tool(String name) {
    return tools.resolve(name).toString();
  }

  private static List<String> java(Class<?> main, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("bench.java.options").split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(words));
    return command;
  }

  private Contestant twin(String job, String... options) {
    return new Contestant(C, joined(List.of(tool("frames"), job, Wire.NEAR), options));
  }

  private static Contestant ours(String name, String job, String... options) {
    return new Contestant(name, joined(java(FrameLoop.class, job, Wire.NEAR), options));
  }

  private static List<String> joined(List<String> words, String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return all;
  }

  private Contest both(String work, Contest.Far far, String job, String... options) {
    return new Contest(work, far, List.of(twin(job, options), ours(OURS, job, options)));
  }

  private void frames() throws Exception {
    Contest.Far flood = Contest.Far.FLOOD;
    List<Contest> single =
        List.of(
            both("receive and drop, native", flood, "drop"),
            both("echo, native, one socket", flood, "echo"),
            both("send, budget 32", Contest.Far.COUNT, "send", "budget=32"),
            both("send, budget 64", Contest.Far.COUNT, "send", "budget=64"));
    List<Contest> generic =
        List.of(
            both("receive and drop, generic", flood, "drop", "attach=generic"),
            both("echo, generic, one socket", flood, "echo", "attach=generic"));
    Contest pair = both("echo, native, two sockets", flood, "echo", "queues=2");
    Samples ceiling = new Samples();
    try (Wire one = Wire.lay(1);
        Wire polled = Wire.lay(1);
        Wire two = Wire.lay(2)) {
      polled.polled(true);
      for (int round = 0; round < rounds; round++) {
        System.out.printf("frames: %d of %d%n", round + 1, rounds);
        ceiling.add(ceiling(one));
        for (Contest contest : single) {
          contest.round(one, tools, Contest.WARM, seconds);
        }
        pair.round(two, tools, Contest.WARM, seconds);
        for (Contest contest : generic) {
          contest.round(polled, tools, Contest.WARM, seconds);
        }
      }
    }
    List<Contest> all = new ArrayList<>(single);
    all.add(2, pair);
    all.addAll(generic);
    table("frames by AF_XDP", all);
    text.append(
        """

        Time of one packet: of the program's processor, in the rounds of its loop that found any, with the kernel's part of
        them and the clock. Busy: the share of all time in such rounds. Where it is below 90 %% the program waited for the far
        end, and only the time of one packet tells the two apart. The far end makes frames within the kernel (a program of
        XDP on frames of its own, which redirects them) and moves them up to the receive ring of the socket on its own
        processor; %s Mpps come through when a program of XDP drops them there. It always offers more than can be sent back.
        Two sockets: queue 0 receives, queue 1 sends, in one memory. Sending is by calls of 64 frames. Generic: the near end
        of the cable is polled (GRO), without which such frames do not arrive.
        """
            .formatted(ceiling.text("%.1f")));
    behind(all);
    allocation(all);
  }

  /** What comes through when nobody is there but a program of XDP that drops. */
  private double ceiling(Wire wire) throws Exception {
    try (Program here = wire.near(List.of(tool("wire"), "count", Wire.NEAR, "core=1"));
        Program there = wire.far(List.of(tool("wire"), "flood", Wire.FAR, "seconds=" + seconds))) {
      here.await("flooded", 0);
      there.await("ready", 0);
      there.say();
      there.await("flooded", (long) seconds);
      double counted = here.result().measured("counted");
      there.result();
      return counted / seconds / 1e6;
    }
  }

  private void table(String what, List<Contest> contests) {
    text.append("| ").append(what);
    text.append(" | who | million a second | ns of one packet | busy | packets a batch |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (Contest contest : contests) {
      for (Contestant one : contest.contestants()) {
        text.append(
            "| %s | %s%s | %s |\n"
                .formatted(contest.work(), one.name(), one.waited() ? ", waits" : "", one.cells()));
      }
    }
  }

  /** Says where C is better. */
  private void behind(List<Contest> contests) {
    List<String> where = new ArrayList<>();
    for (Contest contest : contests) {
      Contestant twin = contest.contestants().getFirst();
      for (Contestant one : contest.contestants()) {
        String told = one == twin ? "" : one.behind(twin, contest.work() + ", " + one.name());
        if (!told.isEmpty()) {
          where.add(told);
        }
      }
    }
    text.append(
        where.isEmpty()
            ? "\nNothing of ours is behind C by more than 3 %.\n"
            : "\nBehind C by more than 3 %:\n\n- " + String.join("\n- ", where) + "\n");
  }

  private void allocation(List<Contest> contests) {
    List<String> most = new ArrayList<>();
    double packets = 0;
    for (Contest contest : contests) {
      double bytes = 0;
      for (Words result : contest.contestants().getLast().results()) {
        bytes = Math.max(bytes, result.measured("allocated"));
        packets += result.measured("packets");
      }
      most.add("%s %.0f".formatted(contest.work(), bytes));
    }
    text.append(
        "\nBytes that the thread of our port allocated while it was counted, the most of all rounds: %s. That is of %.1f million packets.\n"
            .formatted(String.join("; ", most), packets / 1e6));
  }

  private void sockets() throws Exception {
    List<Contestant> sockets = new ArrayList<>();
    sockets.add(
        new Contestant(
            C + ", recvmmsg and sendmmsg", List.of(tool("datagrams"), "echo", Wire.NEAR)));
    sockets.add(
        new Contestant(
            "ours, driver socket, one by one",
            java(DatagramLoop.class, "socket", Wire.NEAR, "segments=0")));
    for (String driver : List.of("socket", "uring")) {
      sockets.add(
          new Contestant("ours, driver " + driver, java(DatagramLoop.class, driver, Wire.NEAR)));
    }
    sockets.add(
        new Contestant("DatagramChannel of Java", java(DatagramLoop.class, "nio", Wire.NEAR)));
    List<Contestant> xdp =
        List.of(
            twin("echo"),
            ours("ours, driver xdp, frames", "echo"),
            new Contestant(
                "ours, driver xdp, datagrams", java(DatagramLoop.class, "xdp", Wire.NEAR)));
    Contest over = new Contest("echo of datagrams, sockets", Contest.Far.FLOOD, sockets);
    Contest under = new Contest("echo of datagrams, AF_XDP", Contest.Far.FLOOD, xdp);
    try (Wire polled = Wire.lay(1);
        Wire wire = Wire.lay(1)) {
      polled.polled(true);
      for (int round = 0; round < rounds; round++) {
        System.out.printf("sockets: %d of %d%n", round + 1, rounds);
        over.round(polled, tools, Contest.WARM_SLOW, seconds);
        under.round(wire, tools, Contest.WARM_SLOW, seconds);
      }
    }
    table("datagrams of 18 bytes", List.of(over, under));
    text.append(
        """

        The buffer of a socket is as large as it can be made, 8 MiB. Our drivers have the kernel gather what came from one
        sender and split what goes to one, unless told otherwise (one by one, as C); DatagramChannel moves one at a time. The
        datagrams over AF_XDP have their headers, checksums and neighbours looked at; frames are only turned around.
        """);
    behind(List.of(over, under));
  }

  /** Of one packet. */
  private record RingCost(Samples drop, Samples echo) {}

  private void rings() throws Exception {
    Map<String, RingCost> costs = new LinkedHashMap<>();
    List<String> styles = List.of("port", "direct", "checked");
    Map<String, String> names =
        Map.of("port", "RingPort", "direct", "RawRings, direct", "checked", "RawRings, checked");
    for (int round = 0; round < rounds; round++) {
      System.out.printf("rings: %d of %d%n", round + 1, rounds);
      for (String job : List.of("drop", "echo")) {
        ring(costs, C, job, List.of(tool("rings"), job, "warm=0.5", "seconds=1"));
        for (String style : styles) {
          ring(
              costs,
              "ours, " + names.get(style),
              job,
              java(RingLoop.class, style, job, "warm=2", "seconds=1"));
        }
      }
    }
    text.append("| rings in memory, ns of one packet | drop | echo |\n|---|---|---|\n");
    costs.forEach(
        (who, jobs) ->
            text.append(
                "| %s | %s | %s |\n"
                    .formatted(who, jobs.drop.text("%.1f"), jobs.echo.text("%.1f"))));
    text.append(
        """

        No kernel: 1024 packets at a time are put into the receive ring and taken out of the transmit ring between the
        measurements, which are of what the program does with them in batches of 64. Only descriptors are put and taken;
        the packets are read (drop) or turned around (echo) by the program.
        """);
  }

  private static void ring(
      Map<String, RingCost> costs, String who, String job, List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(who + " " + job + ": " + said);
    }
    Words result = Words.of(said.strip().split(" "));
    double cost = result.measured("busy") / result.measured("packets");
    RingCost costsOf =
        costs.computeIfAbsent(who, one -> new RingCost(new Samples(), new Samples()));
    (job.equals("drop") ? costsOf.drop : costsOf.echo).add(cost);
    System.out.printf("  %s, %s: %.1f ns%n", who, job, cost);
  }

  private void settings() throws Exception {
    Map<String, String[]> settings = new LinkedHashMap<>();
    for (int batch : new int[] {18, 32, 64, 128, 256}) {
      settings.put(
          "batch of " + batch + (batch == 64 ? " (and all the rest as by default)" : ""),
          new String[] {"batch=" + batch});
    }
    settings.put("pages of 4 KiB", new String[] {"pages=small"});
    settings.put("pages of 2 MiB, set aside", new String[] {"pages=huge"});
    settings.put("busy polling, 20 µs", new String[] {"busypoll=20"});
    settings.put("without need_wakeup", new String[] {"wakeup=0"});
    settings.put("first a pass that touches every frame", new String[] {"ahead=1"});
    List<Contest> contests = new ArrayList<>();
    settings.forEach(
        (name, options) ->
            contests.add(
                new Contest(
                    name,
                    Contest.Far.FLOOD,
                    List.of(ours("drop", "drop", options), ours("echo", "echo", options)))));
    int times = Math.min(rounds, SETTING_ROUNDS);
    try (Wire wire = Wire.lay(1)) {
      for (int round = 0; round < times; round++) {
        System.out.printf("settings: %d of %d%n", round + 1, times);
        for (Contest contest : contests) {
          contest.round(wire, tools, Contest.WARM, Math.min(seconds, 1));
        }
      }
    }
    text.append(
        "| ours, native, one socket | drop, million a second | ns of one | echo, million a second | ns of one | pages obtained |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (Contest contest : contests) {
      Contestant drop = contest.contestants().getFirst();
      Contestant echo = contest.contestants().getLast();
      text.append(
          "| %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  contest.work(),
                  drop.rateText(),
                  drop.costText(),
                  echo.rateText(),
                  echo.costText(),
                  drop.results().isEmpty()
                      ? ""
                      : drop.results().getFirst().text("pages", "").replace('_', ' ')));
    }
    text.append(
        """

        A batch cannot be smaller than 18, the most frames of one packet. In small batches the clock, read once a batch, is a
        larger part. Busy polling is with the interface's settings as they are (`napi_defer_hard_irqs` 0).
        """);
  }

  private void latency() throws Exception {
    Map<String, List<String>> contestants = new LinkedHashMap<>();
    for (int block = 0; block < 2; block++) {
      String how = block == 0 ? "busy" : "blocking";
      String option = "block=" + block;
      contestants.put(how + ", " + C, List.of(tool("frames"), "echo", Wire.NEAR, option, "core=1"));
      contestants.put(how + ", ours", java(FrameLoop.class, "echo", Wire.NEAR, option, "core=1"));
    }
    Map<String, Samples[]> times = new LinkedHashMap<>();
    List<String> keys = List.of("p50", "p99", "p999");
    long lost = 0;
    try (Wire wire = Wire.lay(1)) {
      for (int round = 0; round < rounds; round++) {
        System.out.printf("latency: %d of %d%n", round + 1, rounds);
        for (Map.Entry<String, List<String>> one : contestants.entrySet()) {
          String warm = "warm=" + (one.getKey().endsWith(C) ? Contest.WARM_C : Contest.WARM);
          try (Program here = wire.near(one.getValue())) {
            here.await("ready", 0);
            try (Program there =
                wire.far(List.of(tool("wire"), "ping", Wire.FAR, "count=20000", warm))) {
              Words result = there.result();
              lost += (long) result.measured("lost");
              Samples[] samples =
                  times.computeIfAbsent(
                      one.getKey(),
                      name -> new Samples[] {new Samples(), new Samples(), new Samples()});
              for (int i = 0; i < samples.length; i++) {
                samples[i].add(result.measured(keys.get(i)) / 1e3);
              }
              System.out.printf("  %s: %.1f µs%n", one.getKey(), samples[0].last());
            }
            here.result();
          }
        }
      }
    }
    text.append("| there and back, µs | p50 | p99 | p99.9 |\n|---|---|---|---|\n");
    times.forEach(
        (who, samples) ->
            text.append(
                "| %s | %s | %s | %s |\n"
                    .formatted(
                        who,
                        samples[0].text("%.1f"),
                        samples[1].text("%.1f"),
                        samples[2].text("%.1f"))));
    text.append(
        """

        One datagram on its way at a time, 20 µs after the last one came back, 20,000 in a round; the far end is a socket
        that is asked without a pause. Busy: the program looks again and again. Blocking: it waits in the kernel.
        Datagrams that did not come back: %d.
        """
            .formatted(lost));
  }

  private void pauses() throws Exception {
    double all = minutes * 60.0;
    Contestant ours = ours(OURS, "drop", "garbage=" + GARBAGE);
    Contestant twin = twin("drop");
    Contest contest = new Contest("pauses", Contest.Far.FLOOD, List.of(ours));
    Contest beside = new Contest("pauses", Contest.Far.FLOOD, List.of(twin));
    try (Wire wire = Wire.lay(1)) {
      contest.round(wire, tools, Contest.WARM, all);
      beside.round(wire, tools, Contest.WARM, Math.max(1, all / 5.0));
    }
    text.append(
        "| receive and drop, one long run | minutes | longest time between two looks, ms | times above 1 ms | collections | in all, ms |\n");
    text.append("|---|---|---|---|---|---|\n");
    pause(ours);
    pause(twin);
    text.append(
        """

        Ours runs with the options of the product (`-XX:+UseSerialGC`), and beside it a thread that leaves %d MB of garbage a
        second, so that there are collections. C shows what the machine itself does to a program; it runs a fifth of the time.
        """
            .formatted(GARBAGE));
  }

  private void pause(Contestant one) {
    for (Words result : one.results()) {
      text.append(
          "| %s | %.1f | %.2f | %.0f | %s | %s |\n"
              .formatted(
                  one.name(),
                  result.measured("nanos") / 60e9,
                  result.measured("gap") / 1e6,
                  result.measured("gaps"),
                  result.text("collections", "none"),
                  result.text("collecting", "none")));
    }
    if (one.results().isEmpty()) {
      text.append("| %s | %s | | | | |\n".formatted(one.name(), one.rateText()));
    }
  }
}
