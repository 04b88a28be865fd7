// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** What every example of a packet plugin goes through. */
final class ExampleLife {
  private ExampleLife() {}

  /**
   * Waits until nothing of a plugin is left whose jar was taken away.
   *
   * @param thread how the names of its threads begin; the kernel keeps 15 characters
   */
  static void leavesNothing(
      SluiceProcess sluice, Namespace network, String link, String bundle, String thread)
      throws Exception {
    sluice.awaitTrue(
        "the program to be detached", () -> !network.ip("-d link show " + link).contains("xdp"));
    sluice.awaitTrue(
        "the ports to be closed",
        () -> !sluice.command("packet:ports", "--json").out().contains(link));
    sluice.awaitTrue(
        "the threads to end",
        () -> sluice.threads().stream().noneMatch(name -> name.startsWith(thread)));
    sluice.awaitTrue(
        "the bundle to go", () -> !sluice.command("host:bundles").out().contains(bundle));
    sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
  }
}
