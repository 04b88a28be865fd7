// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** What every example of a packet plugin goes through. */
final class ExampleLife {
  private ExampleLife() {}

  /** The same classes in a jar of other bytes, so that it is a new revision. */
  static byte[] again(byte[] jar) throws Exception {
    var out = new ByteArrayOutputStream();
    try (var in = new JarInputStream(new ByteArrayInputStream(jar));
        var to = new JarOutputStream(out, version(in.getManifest()))) {
      for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
        to.putNextEntry(new JarEntry(entry.getName()));
        in.transferTo(to);
        to.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static Manifest version(Manifest manifest) {
    manifest.getMainAttributes().putValue("Bundle-Version", "1.0.1");
    return manifest;
  }

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
