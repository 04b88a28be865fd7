// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Outcome;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortProbe;

/** What the shell can ask of ports, drivers and handlers. */
@Component(
    service = PacketCommands.class,
    property = {
      "osgi.command.scope=packet",
      "osgi.command.function=drivers",
      "osgi.command.function=probe",
      "osgi.command.function=ports",
      "osgi.command.function=rings",
      "osgi.command.function=handlers",
      Commands.READS + "=drivers",
      Commands.READS + "=probe",
      Commands.READS + "=ports",
      Commands.READS + "=rings",
      Commands.READS + "=handlers"
    })
public final class PacketCommands {
  private final OpenPorts open;
  private final Engine engine;

  @Activate
  public PacketCommands(@Reference OpenPorts open, @Reference Engine engine) {
    this.open = open;
    this.engine = engine;
  }

  @Descriptor(
      """
      Lists the ways to move packets that are installed.
      Example: packet:drivers""")
  public List<? extends Record> drivers() {
    return DriverRow.of(open);
  }

  @Descriptor(
      """
      Tells what each driver could do on an interface, the best first, what it could not, why, and what helps. Changes nothing.
      Example: packet:probe eth0
      Example: packet:probe eth0 --match 'udp port 53'""")
  public Object probe(
      @Descriptor("what is to be received: 'udp port 53', 'arp or icmp'")
          @Parameter(
              names = {"--match", "-m"},
              absentValue = "everything")
          String match,
      @Descriptor("the interface") String link) {
    List<PortProbe> probes = open.probe(FrameSpec.on(link).matching(Match.parse(match)));
    return new Outcome(
        probes.stream().anyMatch(PortProbe::works),
        ProbeRow.of(probes),
        probes.isEmpty() ? "no driver is installed" : "");
  }

  @Descriptor(
      """
      Lists the ports that are open: what moves them, what they moved and lost, how many chunks their holders have.
      Example: packet:ports
      Example: packet:ports --json""")
  public List<? extends Record> ports() {
    return open.reports().stream().map(PortRow::of).toList();
  }

  @Descriptor(
      """
      Lists the rings of all ports: where both sides are, how full they are, whether the kernel waits to be woken.
      Example: packet:rings""")
  public List<? extends Record> rings() {
    return RingRow.of(open.reports());
  }

  @Descriptor(
      """
      Lists the handlers of packets, where they are called, and what they have done.
      Example: packet:handlers""")
  public List<? extends Record> handlers() {
    return HandlerRow.of(engine);
  }
}
