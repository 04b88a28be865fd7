// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.io.IOException;
import java.util.List;
import org.sluice.itest.net.Namespace;

/** A cable between two networks of their own: {@code va} at the far end, {@code vb} at ours. */
final class Wire implements AutoCloseable {
  static final String FAR = "va";
  static final String NEAR = "vb";
  private final Namespace far;
  private final Namespace near;

  private Wire(Namespace far, Namespace near) {
    this.far = far;
    this.near = near;
  }

  /**
   * What the near end counted since it was made.
   *
   * @param arrived frames that came in by the queue of frames
   * @param refused frames that could not be handed over to the far end
   */
  record Counts(long arrived, long refused) {}

  static Wire lay(int queues) throws Exception {
    Namespace far = Namespace.create();
    Namespace near = Namespace.create();
    String many = " numrxqueues " + queues + " numtxqueues " + queues;
    far.ip(
        "link add %s%s type veth peer name %s netns %s%s"
            .formatted(FAR, many, NEAR, near.name(), many));
    end(far, FAR, Frames.FAR_MAC, Frames.FAR);
    end(near, NEAR, Frames.NEAR_MAC, Frames.NEAR);
    far.ip("link set " + FAR + " up");
    near.ip("link set " + NEAR + " up");
    far.ip("neigh replace %s lladdr %s dev %s".formatted(Frames.NEAR, Frames.NEAR_MAC, FAR));
    near.ip("neigh replace %s lladdr %s dev %s".formatted(Frames.FAR, Frames.FAR_MAC, NEAR));
    return new Wire(far, near);
  }

  private static void end(Namespace in, String link, String mac, String address) throws Exception {
    // Nothing is to be sent but what is measured.
    in.exec("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
    in.ip("link set %s address %s".formatted(link, mac));
    in.ip("addr add %s/24 dev %s".formatted(address, link));
    // Checksums are finished before they leave, as on a real cable.
    in.exec("ethtool", "-K", link, "tx", "off");
  }

  /**
   * Whether frames that the far end's kernel makes can arrive without a program at the near end.
   */
  void polled(boolean on) throws Exception {
    near.exec("ethtool", "-K", NEAR, "gro", on ? "on" : "off");
  }

  Counts counts() throws Exception {
    long arrived =
        near.exec("ethtool", "-S", NEAR)
            .lines()
            .filter(line -> line.matches(" *rx_queue_\\d+_xdp_packets: .*"))
            .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
            .sum();
    String refused = near.exec("cat", "/sys/class/net/" + NEAR + "/statistics/tx_dropped");
    return new Counts(arrived, Long.parseLong(refused.strip()));
  }

  Program far(List<String> command) throws Exception {
    return Program.start(far, command);
  }

  Program near(List<String> command) throws Exception {
    return Program.start(near, command);
  }

  @Override
  public void close() throws IOException {
    try {
      far.close();
    } finally {
      near.close();
    }
  }
}
