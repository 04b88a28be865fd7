// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Outcome;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
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
      "osgi.command.function=trace",
      "osgi.command.function=capture",
      "osgi.command.function=send",
      Commands.READS + "=drivers",
      Commands.READS + "=probe",
      Commands.READS + "=ports",
      Commands.READS + "=rings",
      Commands.READS + "=handlers",
      Commands.READS + "=trace"
    })
public final class PacketCommands {
  private static final int LONGEST = 1 << 18;

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

  @Descriptor(
      """
      Shows packets as ports receive and send them, one line each, until interrupted. What the ports do not move, such as what the host keeps, is not shown. Changes nothing, and the ports wait for nobody.
      Example: packet:trace
      Example: packet:trace eth0 --match 'udp port 53' --count 10""")
  public Stream<? extends Record> trace(
      @Descriptor("what is shown: 'udp port 53', 'arp or icmp'")
          @Parameter(
              names = {"--match", "-m"},
              absentValue = "everything")
          String match,
      @Descriptor("how many packets; 0 goes on until interrupted")
          @Parameter(
              names = {"--count", "-c"},
              absentValue = "0")
          long count,
      @Descriptor("how many bytes of each are shown in hex too")
          @Parameter(
              names = {"--bytes", "-b"},
              absentValue = "0")
          int bytes,
      @Descriptor("the interface; all without it") String link) {
    Match wanted = Match.parse(match);
    range("--count", count, Long.MAX_VALUE);
    range("--bytes", bytes, LONGEST);
    Tap tap = new Tap(open.trace(), link, wanted, LONGEST);
    return new Tracing(tap, link, count, bytes, unused(link)).rows();
  }

  @Descriptor(
      """
      Shows packets of all interfaces that have ports.
      Example: packet:trace --match icmp""")
  public Stream<? extends Record> trace(
      @Descriptor("what is shown: 'udp port 53', 'arp or icmp'")
          @Parameter(
              names = {"--match", "-m"},
              absentValue = "everything")
          String match,
      @Descriptor("how many packets; 0 goes on until interrupted")
          @Parameter(
              names = {"--count", "-c"},
              absentValue = "0")
          long count,
      @Descriptor("how many bytes of each are shown in hex too")
          @Parameter(
              names = {"--bytes", "-b"},
              absentValue = "0")
          int bytes) {
    return trace(match, count, bytes, "");
  }

  @Descriptor(
      """
      Writes packets as ports receive and send them to a new file, for Wireshark and its like (pcap, with nanoseconds), until interrupted. A row each second tells how far it is.
      Example: packet:capture /tmp/dns.pcap eth0 --match 'udp port 53' --count 1000""")
  public Stream<? extends Record> capture(
      @Descriptor("what is written: 'udp port 53', 'arp or icmp'")
          @Parameter(
              names = {"--match", "-m"},
              absentValue = "everything")
          String match,
      @Descriptor("how many packets; 0 goes on until interrupted")
          @Parameter(
              names = {"--count", "-c"},
              absentValue = "0")
          long count,
      @Descriptor("how many bytes of each are written")
          @Parameter(
              names = {"--bytes", "-b"},
              absentValue = "65535")
          int bytes,
      @Descriptor("a file that is not there yet; a relative name is seen from Sluice's folder")
          String file,
      @Descriptor("the interface; all without it") String link) {
    Match wanted = Match.parse(match);
    range("--count", count, Long.MAX_VALUE);
    range("--bytes", bytes, LONGEST);
    Tap tap = new Tap(open.trace(), link, wanted, bytes);
    return new Capturing(tap, Path.of(file).toAbsolutePath(), count, bytes).rows();
  }

  @Descriptor(
      """
      Writes packets of all interfaces that have ports to a new file.
      Example: packet:capture /tmp/all.pcap --count 1000""")
  public Stream<? extends Record> capture(
      @Descriptor("what is written: 'udp port 53', 'arp or icmp'")
          @Parameter(
              names = {"--match", "-m"},
              absentValue = "everything")
          String match,
      @Descriptor("how many packets; 0 goes on until interrupted")
          @Parameter(
              names = {"--count", "-c"},
              absentValue = "0")
          long count,
      @Descriptor("how many bytes of each are written")
          @Parameter(
              names = {"--bytes", "-b"},
              absentValue = "65535")
          int bytes,
      @Descriptor("a file that is not there yet; a relative name is seen from Sluice's folder")
          String file) {
    return capture(match, count, bytes, file, "");
  }

  @Descriptor(
      """
      Sends frames by an interface, as they are: nothing in them is filled in or corrected. A row each second tells how far it is, the last one what became of them.
      Example: packet:send eth0 --hex 'ffffffffffff 020000000001 88b5 48656c6c6f'
      Example: packet:send eth0 --pcap /tmp/dns.pcap --count 100 --rate 5000""")
  public Stream<? extends Record> send(
      @Descriptor("one frame, in hex")
          @Parameter(
              names = {"--hex", "-x"},
              absentValue = "")
          String hex,
      @Descriptor("a file of frames, in the format pcap")
          @Parameter(
              names = {"--pcap", "-p"},
              absentValue = "")
          String pcap,
      @Descriptor("how often all of them are sent")
          @Parameter(
              names = {"--count", "-c"},
              absentValue = "1")
          long count,
      @Descriptor("frames a second; 0 sends as fast as can be")
          @Parameter(
              names = {"--rate", "-r"},
              absentValue = "0")
          long rate,
      @Descriptor("by which driver; auto takes the best")
          @Parameter(
              names = {"--driver", "-d"},
              absentValue = "auto")
          String driver,
      @Descriptor("the interface") String link)
      throws PortException {
    if (hex.isEmpty() == pcap.isEmpty()) {
      throw new IllegalArgumentException("say what to send: either --hex TEXT or --pcap FILE");
    }
    range("--count", count, 1_000_000_000);
    range("--rate", rate, 1_000_000_000);
    if (count == 0) {
      throw new IllegalArgumentException("--count is 1 or more");
    }
    Outgoing outgoing = hex.isEmpty() ? Outgoing.pcap(pcap) : Outgoing.hex(hex);
    outgoing.check(link);
    FrameSpec spec =
        FrameSpec.on(link).only(Direction.SEND).chunks(512).chunkSize(outgoing.chunkSize());
    FramePort port = open.open(spec, driver);
    if (outgoing.longest() > port.frameSize()) {
      String why =
          "a frame of %d bytes is too long for a port of driver %s on %s: at most %d"
              .formatted(outgoing.longest(), port.driver(), link, port.frameSize());
      port.close();
      throw new IllegalArgumentException(why);
    }
    return new Sending(port, outgoing.frames(), count, rate).rows();
  }

  private static void range(String option, long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(option + " is from 0 to " + most + ", not " + value);
    }
  }

  /** Why nothing is shown, when nothing can be; nobody is left to wonder. */
  private @Nullable TraceRow unused(String link) {
    boolean used =
        open.reports().stream()
            .anyMatch(port -> link.isEmpty() || port.where().split(" ", 2)[0].equals(link));
    return used
        ? null
        : TraceRow.remark(
            link,
            "no port is open%s; packets are shown when there is one"
                .formatted(link.isEmpty() ? "" : " on " + link));
  }
}
