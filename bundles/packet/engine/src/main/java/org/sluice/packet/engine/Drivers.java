// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sluice.host.api.Spelling;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.api.Ports;

/** The drivers that are there, and the choice among them. Any thread. */
final class Drivers {
  private final CopyOnWriteArrayList<PortDriver> all = new CopyOnWriteArrayList<>();

  /** Datagrams by those that move frames. */
  private final Map<PortDriver, OverFrames> composed = new ConcurrentHashMap<>();

  private final Links links;

  Drivers(Links links) {
    this.links = links;
  }

  void add(PortDriver driver) {
    if (OverFrames.possible(driver)) {
      composed.put(driver, new OverFrames(driver, links));
    }
    all.add(driver);
  }

  void remove(PortDriver driver) {
    all.remove(driver);
    composed.remove(driver);
  }

  /** Who opens what is wished for by this driver: itself, or what is made of its frames. */
  private Optional<PortDriver> opener(PortDriver driver, PortSpec<?> spec) {
    return driver.kinds().contains(kind(spec))
        ? Optional.of(driver)
        : spec instanceof DatagramSpec
            ? Optional.ofNullable(composed.get(driver))
            : Optional.empty();
  }

  List<PortDriver> all() {
    return all.stream().sorted(Comparator.comparing(PortDriver::name)).toList();
  }

  /**
   * A driver that would do, and how well.
   *
   * @param driver on which the port depends
   * @param opener of the port: the driver, or what is made of it
   */
  record Choice(PortDriver driver, PortDriver opener, PortProbe probe) {}

  /** Drivers of the right kind that would work, the best first. */
  List<Choice> choices(PortSpec<?> spec, String wish) {
    List<Choice> choices = new ArrayList<>();
    for (PortDriver driver : all) {
      boolean wanted = wish.equals(Ports.AUTO) || driver.name().equals(wish);
      PortDriver opener = wanted ? opener(driver, spec).orElse(null) : null;
      if (opener != null) {
        PortProbe probe = opener.probe(spec);
        if (probe.works() || !wish.equals(Ports.AUTO)) {
          choices.add(new Choice(driver, opener, probe));
        }
      }
    }
    choices.sort(
        Comparator.comparingInt((Choice choice) -> -choice.probe().merit())
            .thenComparing(choice -> choice.driver().name()));
    return choices;
  }

  /** What each driver says to a specification, the best first. */
  List<PortProbe> probes(PortSpec<?> spec) {
    return all.stream()
        .map(driver -> opener(driver, spec).orElse(driver).probe(spec))
        .sorted(
            Comparator.comparingInt((PortProbe probe) -> -probe.merit())
                .thenComparing(PortProbe::driver))
        .toList();
  }

  /** Why there is no port. */
  PortException none(PortSpec<?> spec, String wish, List<String> refusals) {
    if (!wish.equals(Ports.AUTO) && all.stream().noneMatch(d -> d.name().equals(wish))) {
      List<String> names = all().stream().map(PortDriver::name).toList();
      return new PortException(
          "there is no driver %s%s; those there are: %s"
              .formatted(wish, Spelling.question(wish, names), String.join(", ", names)));
    }
    List<String> reasons = new ArrayList<>(refusals);
    if (reasons.isEmpty()) {
      for (PortProbe probe : probes(spec)) {
        reasons.add(probe.driver() + ": " + probe.summary());
      }
    }
    return new PortException(
        "no driver can open a port %s. %s"
            .formatted(
                spec.link().map(link -> "on " + link).orElse("there"),
                reasons.isEmpty() ? "There is no driver." : String.join(". ", reasons)));
  }

  static Class<? extends Port> kind(PortSpec<?> spec) {
    return switch (spec) {
      case org.sluice.packet.api.FrameSpec _ -> org.sluice.packet.api.FramePort.class;
      case org.sluice.packet.api.DatagramSpec _ -> org.sluice.packet.api.DatagramPort.class;
    };
  }
}
