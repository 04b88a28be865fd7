// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortProbe.Finding;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfLink;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.XdpOccupant;

/** Finds out what AF_XDP could do for a specification, without touching the interface. */
final class XdpProbe {
  private static final int ONE_CHUNK = 3498;
  private static final int NATIVE = 70;
  private static final int GENERIC = 60;

  private final FrameSpec spec;
  private final List<Finding> findings = new ArrayList<>();
  private boolean works = true;
  private boolean generic;
  private boolean several = true;
  private boolean metadata;
  private String map = "";

  private XdpProbe(FrameSpec spec) {
    this.spec = spec;
  }

  static PortProbe of(FrameSpec spec) {
    return new XdpProbe(spec).look();
  }

  private PortProbe look() {
    options();
    if (map.isEmpty()) {
      privileges(EnumSet.of(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW, Capability.CAP_BPF));
      program();
    } else {
      privileges(EnumSet.of(Capability.CAP_NET_RAW));
      map();
    }
    interfaceItself();
    int merit = works ? generic ? GENERIC : NATIVE : 0;
    String summary =
        works
            ? generic ? "generic, copied" : "native if the interface can, else generic"
            : findings.stream()
                .filter(finding -> finding.answer() == PortProbe.Answer.NO)
                .map(finding -> finding.what() + ": " + finding.why())
                .findFirst()
                .orElse("does not work here");
    return new PortProbe(XdpDriver.NAME, merit, summary, findings);
  }

  private void options() {
    try {
      XdpOptions options = XdpOptions.of(spec.options());
      generic = options.attach() == XdpOptions.Attach.GENERIC;
      several = options.multiBuffer();
      map = options.map();
      metadata = options.metadata() && map.isEmpty();
      findings.add(Finding.yes("options", "understood"));
    } catch (PortException e) {
      no("options", String.valueOf(e.getMessage()), "correct the option");
    }
    if (spec.chunkSize() > 4096) {
      no(
          "chunks of " + spec.chunkSize() + " bytes",
          "AF_XDP has chunks of 2048 or 4096 bytes",
          "use 4096; longer packets lie in several");
    }
  }

  private void privileges(Set<Capability> needed) {
    try {
      Set<Capability> missing = Capabilities.current().missing(needed);
      if (missing.isEmpty()) {
        findings.add(Finding.yes("privileges", "all of " + needed));
      } else {
        no("privileges", "the process lacks " + missing, Capabilities.remedy(missing));
      }
    } catch (IOException e) {
      findings.add(
          new Finding("privileges", PortProbe.Answer.UNKNOWN, String.valueOf(e.getMessage()), ""));
    }
  }

  private void map() {
    try (BpfMap there = BpfMap.open(Path.of(map))) {
      findings.add(Finding.yes("map " + map, "number " + there.id()));
    } catch (SysException e) {
      no(
          "map " + map,
          e.getMessage(),
          switch (e.errno()) {
            case ENOENT -> "the program that has it must run first, and pin it there";
            case EPERM, EACCES ->
                "whoever pinned it must let this process read and write the file, and pass the folders to it";
            default -> "a map of sockets of AF_XDP must be pinned there, in a bpf file system";
          });
    }
  }

  private void program() {
    try (BpfMap map = BpfMap.create("probe", BpfMap.Kind.SOCKETS, 4, 1);
        BpfProgram program =
            BpfProgram.load("probe", MatchProgram.of(Map.of(0, spec.match()), map), true)) {
      findings.add(
          Finding.yes("program for '" + spec.match() + "'", "verified, number " + program.id()));
    } catch (SysException e) {
      no("program for '" + spec.match() + "'", e.getMessage(), XdpDriver.remedy(e));
    }
  }

  private void interfaceItself() {
    try (NetworkInterface on = NetworkInterface.open(spec.name())) {
      InterfaceFacts facts = on.facts();
      findings.add(
          Finding.yes(
              "interface " + spec.name(),
              "number %d, %d queues, MTU %d"
                  .formatted(facts.index(), facts.receiveQueues(), facts.mtu())));
      if (!facts.up()) {
        findings.add(
            new Finding(
                "interface up",
                PortProbe.Answer.NO,
                "it is down; nothing arrives until it is up",
                "ip link set " + spec.name() + " up"));
      }
      if (map.isEmpty()) {
        XdpOccupant.of(facts)
            .ifPresent(
                other ->
                    findings.add(
                        new Finding(
                            "no other program",
                            PortProbe.Answer.NO,
                            other.text(),
                            "fine when it is Sluice's own; else detach it, share it by xdp.map, or have it replaced by xdp.replace=true")));
      }
      for (int queue : spec.queues()) {
        if (queue >= facts.receiveQueues()) {
          no(
              "queue " + queue,
              "the interface has %d, counted from 0".formatted(facts.receiveQueues()),
              "ethtool -L " + spec.name() + " shows and sets how many");
        }
      }
      if (facts.mtu() > ONE_CHUNK) {
        findings.add(
            several
                ? Finding.yes(
                    "MTU " + facts.mtu(),
                    "packets of several chunks, if the driver of the interface can; else generic")
                : new Finding(
                    "MTU " + facts.mtu(),
                    PortProbe.Answer.NO,
                    "the interface takes no native program without xdp.multibuffer, and what is longer than a chunk is lost",
                    "leave xdp.multibuffer at true, or lower the MTU to " + ONE_CHUNK));
      }
      if (metadata) {
        metadata(on);
      }
      if (spec.match() instanceof Match.Everything) {
        findings.add(
            new Finding(
                "the host's own traffic",
                PortProbe.Answer.NO,
                "'everything' takes ARP, SSH and ping away from the host on this interface",
                "match only what is needed: 'udp port 53'"));
      }
      findings.add(
          new Finding(
              "zero-copy",
              PortProbe.Answer.UNKNOWN,
              "only binding tells; the port's report shows what was obtained",
              ""));
    } catch (SysException e) {
      no("interface " + spec.name(), e.getMessage(), "see 'link:list'");
    }
  }

  private void metadata(NetworkInterface on) {
    try (BpfMap map = BpfMap.create("probe", BpfMap.Kind.SOCKETS, 4, 1)) {
      Attachment.hints(on, map, generic ? BpfLink.Mode.GENERIC : BpfLink.Mode.NATIVE, several);
      findings.add(Finding.yes("metadata", "the interface can be asked for time, hash and VLAN"));
    } catch (SysException e) {
      findings.add(
          new Finding(
              "metadata",
              PortProbe.Answer.NO,
              String.valueOf(e.getMessage()),
              "the port works without; it takes Linux 6.8, a native program and an interface that knows"));
    }
  }

  private void no(String what, String why, String remedy) {
    works = false;
    findings.add(Finding.no(what, why, remedy));
  }
}
