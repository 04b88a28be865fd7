// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.util.ArrayList;
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
import org.sluice.packet.api.PortSpec;

/**
 * Opens ports of simulated cables, which come into being with their first port and vanish with
 * their last. Its options are those of {@link SimulatedNetwork}.
 */
@Component(service = PortDriver.class)
public final class SimDriver implements PortDriver {
  static final String NAME = "sim";

  private final SimulatedNetwork network = new SimulatedNetwork(0);

  @Activate
  public SimDriver() {}

  @Deactivate
  public void close() {
    network.close();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(FramePort.class);
  }

  /**
   * Has merit only for who gives options of this driver: a misspelt interface must not end in a
   * simulation because nothing else could be opened.
   */
  @Override
  public PortProbe probe(PortSpec<?> spec) {
    if (!(spec instanceof FrameSpec frames)) {
      return new PortProbe(NAME, 0, "moves frames, not datagrams", List.of());
    }
    List<PortProbe.Finding> findings = new ArrayList<>();
    boolean works = true;
    try {
      SimName.of(frames.name());
      findings.add(PortProbe.Finding.yes("name of a cable's end", frames.name()));
    } catch (PortException e) {
      works = false;
      findings.add(PortProbe.Finding.no("name of a cable's end", message(e), "such as lan.a"));
    }
    try {
      SimOptions.of(frames.options());
      findings.add(PortProbe.Finding.yes("options", "all are known"));
    } catch (PortException e) {
      works = false;
      findings.add(PortProbe.Finding.no("options", message(e), ""));
    }
    boolean meant =
        frames.options().keySet().stream().anyMatch(option -> option.startsWith(NAME + "."));
    if (!meant) {
      findings.add(
          PortProbe.Finding.no(
              "meant",
              "a simulation is never chosen where none was asked for",
              "name the driver sim, or give one of its options"));
    }
    return new PortProbe(
        NAME,
        works && meant ? 1 : 0,
        works ? (meant ? "simulated" : "simulated, for who names it") : "no end of a cable",
        findings);
  }

  private static String message(PortException e) {
    return String.valueOf(e.getMessage());
  }

  @Override
  @SuppressWarnings("unchecked") // P is FramePort, for that is what a FrameSpec is of
  public <P extends Port> P open(PortSpec<P> spec) throws PortException {
    if (spec instanceof FrameSpec frames) {
      return (P) network.open(frames);
    }
    throw new PortException("driver sim moves frames, not datagrams");
  }
}
