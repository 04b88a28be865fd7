// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.nio.file.Path;
import java.util.List;

/** Some who do the same work on the same wire, in turn. */
final class Contest {
  /**
   * With the options of the product a method is optimised after 50,000 calls, and those are of
   * batches.
   */
  static final double WARM = 5;

  /** Where a batch takes longer, as over sockets. */
  static final double WARM_SLOW = 8;

  static final double WARM_C = 0.5;

  /** The far end goes on while the last is counted. */
  private static final double MORE = 0.4;

  private final String work;
  private final Far far;
  private final List<Contestant> contestants;

  /** What the far end does. */
  enum Far {
    FLOOD,
    COUNT
  }

  Contest(String work, Far far, List<Contestant> contestants) {
    this.work = work;
    this.far = far;
    this.contestants = contestants;
  }

  String work() {
    return work;
  }

  List<Contestant> contestants() {
    return contestants;
  }

  void round(Wire wire, Path tools, double warm, double seconds) throws Exception {
    System.out.println(work);
    for (Contestant one : contestants) {
      run(one, wire, tools, one.name().startsWith(PacketBench.C) ? WARM_C : warm, seconds);
    }
  }

  private void run(Contestant one, Wire wire, Path tools, double warm, double seconds)
      throws Exception {
    double flood = warm + seconds + MORE;
    Wire.Counts before = wire.counts();
    String verb = far == Far.FLOOD ? "flood" : "count";
    try (Program there =
        wire.far(List.of(tools.resolve("wire").toString(), verb, Wire.FAR, "seconds=" + flood))) {
      there.await("ready", 0);
      try (Program here = wire.near(one.command("warm=" + warm, "seconds=" + seconds, "core=1"))) {
        here.await("ready", 0);
        if (far == Far.FLOOD) {
          there.say();
        }
        there.await("flooded", (long) flood);
        Words result = here.result();
        // What is on its way within the kernel arrives.
        Thread.sleep(100);
        long counted = (long) there.result().measured("counted");
        Wire.Counts after = wire.counts();
        String trouble =
            trouble(
                result,
                after.arrived() - before.arrived(),
                after.refused() - before.refused(),
                counted);
        if (trouble.isEmpty()) {
          one.add(result);
        } else {
          one.trouble(trouble);
        }
      }
    }
  }

  /** What the program counted is held against what the two ends of the wire counted. */
  private String trouble(Words result, long arrived, long refused, long counted) {
    long received = (long) result.measured("received");
    long sent = (long) result.measured("sent");
    if (result.measured("packets") == 0) {
      return "nothing was moved while it was counted";
    }
    if (far == Far.FLOOD && result.has("lost")) {
      long lost = (long) result.measured("lost");
      if (received + lost != arrived) {
        return "%d received and %d lost, but %d arrived".formatted(received, lost, arrived);
      }
    }
    return sent == counted + refused
        ? ""
        : "%d sent, but %d came to the far end and %d were refused"
            .formatted(sent, counted, refused);
  }
}
