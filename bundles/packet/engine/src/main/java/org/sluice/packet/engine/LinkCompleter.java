// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Completer;
import org.sluice.packet.api.PortReport;

/** Knows the interfaces of this network, and which of them have a port. */
@Component(
    property = {
      Completer.COMMANDS + "=packet:probe",
      Completer.COMMANDS + "=packet:trace",
      Completer.COMMANDS + "=packet:capture",
      Completer.COMMANDS + "=packet:send"
    })
public final class LinkCompleter implements Completer {
  private static final Path DEVICES = Path.of("/proc/self/net/dev");

  private final OpenPorts open;

  @Activate
  public LinkCompleter(@Reference OpenPorts open) {
    this.open = open;
  }

  @Override
  public Map<String, String> candidates(String command, int argument) {
    Map<String, String> all = new TreeMap<>();
    if (argument == (command.equals("packet:capture") ? 1 : 0)) {
      try {
        for (String line : Files.readAllLines(DEVICES)) {
          int colon = line.indexOf(':');
          if (colon > 0) {
            all.put(line.substring(0, colon).strip(), "");
          }
        }
      } catch (IOException e) {
        // Then those with ports are known.
      }
      List<PortReport> ports = open.reports();
      for (PortReport port : ports) {
        String link = port.where().split(" ", 2)[0];
        all.computeIfPresent(link, (name, none) -> "has a port of " + port.driver());
      }
    }
    return all;
  }
}
