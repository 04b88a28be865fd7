// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** Five hundred addresses of a link with a policy, added at once. */
final class PolicyBench {
  private static final int ADDRESSES = 500;

  /** One that looks into the main table first, one that leads to the own table. */
  private static final int RULES_EACH = 2;

  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final Path STRACE = Path.of("/usr/bin/strace");

  private final Delays adding = new Delays();
  private final Delays done = new Delays();
  private final Delays sends = new Delays();
  private final Delays messages = new Delays();
  private final Delays batch = new Delays();
  private final Delays single = new Delays();
  private String traced = "not measured: strace is missing";

  void run(int rounds) throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = SluiceProcess.prepare()) {
      namespace.ip("link add eth2 type veth peer p2");
      namespace.ip("link set eth2 up");
      namespace.ip("link set p2 up");
      namespace.ip("addr add 10.2.0.2/16 dev eth2");
      namespace.ip("route add default via 10.2.0.1 dev eth2");
      sluice.config("org.sluice.link.policy.link~two", "{ \"links\": [\"eth2\"] }");
      Watch watch = Watch.launch(namespace, sluice);
      awaitRules(namespace, "10.2.0.2 ", RULES_EACH);
      for (int round = 0; round < rounds; round++) {
        once(namespace, watch);
        peers(namespace);
        System.out.printf(
            "policy: %d of %d, %.0f ms, %.0f calls; ip -batch %.0f ms, ip %.0f ms%n",
            round + 1, rounds, done.last(), sends.last(), batch.last(), single.last());
      }
      if (Files.isExecutable(STRACE)) {
        traced(namespace, sluice);
      }
    }
  }

  private static List<String> addresses(String verb) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ADDRESSES; i++) {
      lines.add("addr %s %s/16 dev eth2".formatted(verb, address(i)));
    }
    return lines;
  }

  private static String address(int i) {
    return "10.2.%d.%d".formatted(1 + i / 250, 1 + i % 250);
  }

  private void once(Namespace namespace, Watch watch) throws Exception {
    double sent = watch.metric("sluice_link_policy_sends_total");
    double asked = watch.metric("sluice_link_policy_messages_total");
    long begin = System.nanoTime();
    namespace.batch(addresses("add"));
    long end = System.nanoTime();
    long ruled = awaitRules(namespace, "10.2.", (ADDRESSES + 1) * RULES_EACH);
    adding.add((end - begin) / 1e6);
    done.add((ruled - end) / 1e6);
    // Not before nothing more is to be done.
    Thread.sleep(300);
    sends.add(watch.metric("sluice_link_policy_sends_total") - sent);
    messages.add(watch.metric("sluice_link_policy_messages_total") - asked);
    namespace.batch(addresses("del"));
    awaitRules(namespace, "10.2.", RULES_EACH);
    Thread.sleep(300);
  }

  /** When all were first seen; the kernel is asked again and again, which takes its time too. */
  private static long awaitRules(Namespace namespace, String part, int count) throws Exception {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < until) {
      long found =
          namespace.ip("-4 rule").lines().filter(line -> line.contains("from " + part)).count();
      if (found == count) {
        return System.nanoTime();
      }
    }
    throw new IllegalStateException("there never were " + count + " rules from " + part);
  }

  /** The same rules by hand: one message each, by one process, and by one process each. */
  private void peers(Namespace namespace) throws Exception {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < ADDRESSES; i++) {
      String from = "from 10.3.%d.%d".formatted(1 + i / 250, 1 + i % 250);
      rules.add("pref 23000 " + from + " lookup main suppress_prefixlength 0");
      rules.add("pref 23001 " + from + " lookup 23000");
    }
    long begin = System.nanoTime();
    namespace.batch(rules.stream().map(rule -> "rule add " + rule).toList());
    batch.add((System.nanoTime() - begin) / 1e6);
    namespace.batch(rules.stream().map(rule -> "rule del " + rule).toList());
    String each = String.join("\n", rules.stream().map(rule -> "ip rule add " + rule).toList());
    begin = System.nanoTime();
    namespace.exec("sh", "-c", each);
    single.add((System.nanoTime() - begin) / 1e6);
    namespace.batch(rules.stream().map(rule -> "rule del " + rule).toList());
  }

  /** Once more, without a clock, while somebody else counts every sendmsg of the process. */
  private void traced(Namespace namespace, SluiceProcess sluice) throws Exception {
    Path out = Files.createTempFile("strace", ".txt");
    Process strace =
        new ProcessBuilder(
                STRACE.toString(),
                "-f",
                "-q",
                "-e",
                "trace=sendmsg,sendto,sendmmsg",
                "-e",
                "signal=none",
                "-o",
                out.toString(),
                "-p",
                Long.toString(sluice.handle().pid()))
            .redirectErrorStream(true)
            .start();
    try {
      Thread.sleep(1500);
      if (!strace.isAlive()) {
        traced = "not measured: strace may not look into the process";
        return;
      }
      long before = calls(out);
      namespace.batch(addresses("add"));
      awaitRules(namespace, "10.2.", (ADDRESSES + 1) * RULES_EACH);
      Thread.sleep(500);
      long after = calls(out);
      traced =
          (after - before) + " calls, all those of the process, with the looks before and after";
    } finally {
      // Asked, so that it lets go of the process.
      strace.destroy();
      if (!strace.waitFor(10, TimeUnit.SECONDS)) {
        strace.destroyForcibly();
      }
      Files.delete(out);
    }
  }

  private static long calls(Path trace) throws Exception {
    try (var lines = Files.lines(trace)) {
      return lines.filter(line -> line.matches("\\d+ +send\\w+\\(.*")).count();
    }
  }

  String table() {
    return """
    | 500 addresses of a link with a policy at once, 1,000 rules | milliseconds | calls that send |
    |---|---|---|
    | Sluice, from the last address to the last rule | %s | %s |
    | the same by `ip -batch`: one message each | %s | 1000 |
    | the same by `ip rule add`: one process each | %s | 1000 |

    `ip -batch` took %s ms to add the addresses; Sluice is at work meanwhile. It asked the kernel for %s changes.
    Counted by `strace` in a run of its own: %s.
    """
        .formatted(
            done.text("%.0f"),
            sends.text("%.0f"),
            batch.text("%.0f"),
            single.text("%.0f"),
            adding.text("%.0f"),
            messages.text("%.0f"),
            traced);
  }
}
