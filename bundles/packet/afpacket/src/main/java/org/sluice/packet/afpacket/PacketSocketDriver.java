// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortProbe.Answer;
import org.sluice.packet.api.PortProbe.Finding;
import org.sluice.packet.api.PortSpec;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;
import org.sluice.sys.Errno;
import org.sluice.sys.LinkState;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.ClassicProgram;

/**
 * Opens ports of frames by packet sockets, on every interface of every Linux, with CAP_NET_RAW.
 *
 * <p>A port belongs to the network of the thread that opens it. It hears a copy: what it receives
 * the host hears as well. It does not hear what the host sends. Frames that the kernel has put
 * together (GRO) come as one, of many chunks; to have them as they were on the wire switch that off
 * at the interface. A frame longer than the interface takes is not sent. Of the queues of a
 * specification, what comes by others is filtered out; it is not steered.
 *
 * <p>Options:
 *
 * <ul>
 *   <li>{@code afpacket.fanout}: {@code none}, or {@code hash:G}, {@code balance:G}, {@code cpu:G}
 *       or {@code queue:G}. All ports on the interface with the same group G share what arrives:
 *       each frame goes to one of them, by its flow, in turn, by processor or by queue. Default
 *       {@code none}.
 *   <li>{@code afpacket.defragment}: {@code true} puts fragments of IPv4 together before a port of
 *       the group is chosen. Default {@code false}.
 *   <li>{@code afpacket.receive}: {@code calls} receives with a call for up to 64 frames: a frame
 *       is there as soon as it has arrived. {@code blocks} shares memory with the kernel, which
 *       hands it over a block at a time: it costs a small part of the processor under load, and a
 *       frame comes 1 to 2 milliseconds late when there is none. Default {@code calls}.
 *   <li>{@code afpacket.bypass}: {@code true} sends past the queueing discipline of the interface.
 *       What it has no room for is lost then. Default {@code false}.
 *   <li>{@code afpacket.promiscuous}: {@code true} makes the interface take frames for other hosts
 *       too, as long as the port is open. Default {@code false}.
 * </ul>
 */
@Component(service = PortDriver.class)
public final class PacketSocketDriver implements PortDriver {
  static final String NAME = "afpacket";
  private static final int MERIT = 30;

  private final Set<PacketSocketPort> open = new HashSet<>();
  private boolean stopped;

  @Activate
  public PacketSocketDriver() {}

  @Deactivate
  public void stop() {
    List<PacketSocketPort> left;
    synchronized (open) {
      stopped = true;
      left = List.copyOf(open);
    }
    // Outside of the lock, since a port that closes takes itself off the list.
    left.forEach(PacketSocketPort::close);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(FramePort.class);
  }

  @Override
  public PortProbe probe(PortSpec<?> spec) {
    if (!(spec instanceof FrameSpec frames)) {
      return new PortProbe(
          NAME,
          0,
          "opens ports of frames only",
          List.of(Finding.no("datagrams", "a packet socket moves frames", "use another driver")));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(privilege());
    findings.add(link(frames.name()));
    findings.add(queues(frames));
    findings.add(options(frames));
    findings.add(filter(frames));
    findings.add(
        new Finding(
            "exclusive",
            Answer.UNKNOWN,
            "a packet socket hears copies: the host hears all of it too",
            "use the driver xdp, or drop it with a firewall"));
    for (Finding finding : findings) {
      if (finding.answer() == Answer.NO) {
        return new PortProbe(NAME, 0, finding.what() + ": " + finding.why(), findings);
      }
    }
    return new PortProbe(NAME, MERIT, "packet socket, copied", findings);
  }

  private static Finding privilege() {
    Set<Capability> wanted = EnumSet.of(Capability.CAP_NET_RAW);
    try {
      Set<Capability> missing = Capabilities.current().missing(wanted);
      return missing.isEmpty()
          ? Finding.yes("privilege", "CAP_NET_RAW")
          : Finding.no("privilege", "CAP_NET_RAW is missing", Capabilities.remedy(missing));
    } catch (IOException e) {
      return new Finding("privilege", Answer.UNKNOWN, String.valueOf(e.getMessage()), "");
    }
  }

  private static Finding link(String name) {
    try (NetworkInterface on = NetworkInterface.open(name)) {
      return switch (on.state()) {
        case LinkState.UP -> Finding.yes("interface", name + " is up");
        case LinkState.GONE -> noSuch(name);
        case LinkState.DOWN ->
            new Finding(
                "interface",
                Answer.UNKNOWN,
                name + " is down; a port can wait for it",
                "ip link set " + name + " up");
        case LinkState.NO_CARRIER ->
            new Finding(
                "interface",
                Answer.UNKNOWN,
                name + " has no carrier; a port can wait for it",
                "is the other end plugged in and up?");
      };
    } catch (SysException e) {
      return e.errno() == Errno.ENODEV
          ? noSuch(name)
          : new Finding("interface", Answer.UNKNOWN, e.getMessage(), "");
    }
  }

  private static Finding queues(FrameSpec spec) {
    if (spec.queues().isEmpty()) {
      return Finding.yes("queues", "all");
    }
    try (NetworkInterface on = NetworkInterface.open(spec.name())) {
      int there = on.facts().receiveQueues();
      int last = Collections.max(spec.queues());
      return last < there
          ? Finding.yes("queues", spec.queues() + " of " + there)
          : Finding.no(
              "queues",
              "there is no queue %d; it receives by %d, counted from 0".formatted(last, there),
              "see: ethtool -l " + spec.name());
    } catch (SysException e) {
      return new Finding("queues", Answer.UNKNOWN, e.getMessage(), "");
    }
  }

  private static Finding noSuch(String name) {
    return Finding.no(
        "interface", "there is no interface " + name, "see: ip link show; is the name right?");
  }

  private static Finding options(FrameSpec spec) {
    try {
      PacketSocketOptions options = PacketSocketOptions.of(spec.options());
      return Finding.yes("options", options.toString());
    } catch (PortException e) {
      return Finding.no("options", String.valueOf(e.getMessage()), "correct the option");
    }
  }

  private static Finding filter(FrameSpec spec) {
    try {
      ClassicProgram filter = MatchFilter.of(spec.match(), spec.queues());
      return Finding.yes("filter", filter.instructions().size() + " instructions");
    } catch (IllegalArgumentException e) {
      return Finding.no(
          "filter", String.valueOf(e.getMessage()), "match less, or open several ports");
    }
  }

  @Override
  public <P extends Port> P open(PortSpec<P> spec) throws PortException {
    return switch (spec) {
      case FrameSpec frames -> {
        @SuppressWarnings("unchecked") // A FrameSpec is a specification of a FramePort alone.
        P port = (P) openFrames(frames);
        yield port;
      }
      default -> throw new PortException("afpacket: it opens ports of frames only");
    };
  }

  private FramePort openFrames(FrameSpec spec) throws PortException {
    PacketSocketPort port;
    try {
      port = PacketSocketPort.open(spec, PacketSocketOptions.of(spec.options()), this::closed);
    } catch (IllegalArgumentException e) {
      throw new PortException("afpacket port on " + spec.name() + ": " + e.getMessage(), e);
    } catch (SysException e) {
      throw new PortException(
          "afpacket port on " + spec.name() + ": " + e.getMessage() + remedy(e), e);
    }
    boolean late;
    synchronized (open) {
      late = stopped;
      if (!late) {
        open.add(port);
      }
    }
    if (late) {
      port.close();
      throw new PortException(
          "afpacket port on " + spec.name() + ": the driver has just been stopped");
    }
    return port;
  }

  private static String remedy(SysException e) {
    return switch (e.errno()) {
      case Errno.EPERM, Errno.EACCES ->
          " — " + Capabilities.remedy(EnumSet.of(Capability.CAP_NET_RAW));
      case Errno.ENODEV, Errno.ENXIO -> " — is the name right? see: ip link show";
      case Errno.ENOMEM ->
          " — too much for the kernel: fewer alternatives in the match, or a larger"
              + " net.core.optmem_max, or fewer chunks";
      case Errno.EINVAL ->
          e.call().contains("FANOUT")
              ? " — are all ports of the group opened alike, and is the interface up?"
              : "";
      default -> "";
    };
  }

  private void closed(PacketSocketPort port) {
    synchronized (open) {
      open.remove(port);
    }
  }
}
