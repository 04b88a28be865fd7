// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.xdp.XdpDriver;
import org.sluice.sys.Capabilities;

/** A program that opens a port with whatever rights it was given, receives a frame and sends it. */
final class OrdinaryUser {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private OrdinaryUser() {}

  /**
   * @param words the interface, what is matched, then the file of a map of sockets, if one is used
   */
  public static void main(String[] words) throws Exception {
    FrameSpec plain = FrameSpec.on(words[0]).matching(Match.parse(words[1])).chunks(64).ring(32);
    FrameSpec spec = words.length > 2 ? plain.option("xdp.map", words[2]) : plain;
    Capabilities rights = Capabilities.current();
    System.out.println("user " + rights.user() + ", " + rights.effective());
    XdpDriver driver = new XdpDriver();
    PortProbe probe = driver.probe(spec);
    System.out.println("probe " + probe.works() + ": " + probe.summary());
    for (PortProbe.Finding finding : probe.findings()) {
      System.out.println(
          "finding %s %s: %s; %s"
              .formatted(finding.what(), finding.answer(), finding.why(), finding.remedy()));
    }
    try (FramePort port = driver.open(spec)) {
      System.out.println("open " + port.report().mode());
      FrameBatch batch = new FrameBatch(64);
      long end = System.nanoTime() + PATIENCE;
      while (port.receive(batch) == 0) {
        if (System.nanoTime() > end) {
          System.out.println("nothing came: " + port.report());
          return;
        }
        port.await(10_000_000);
      }
      System.out.println(
          "received " + batch.frame(0).get(ValueLayout.JAVA_BYTE, batch.length(0) - 1L));
      port.send(batch);
      port.flush();
      System.out.println("sent " + port.statistics().sent());
    } catch (PortException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}
