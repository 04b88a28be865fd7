// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;

/** {@code GET packet/probe/{link}}. */
@Component(service = Resource.class)
public final class ProbeResource implements Resource {
  private final OpenPorts open;

  @Activate
  public ProbeResource(@Reference OpenPorts open) {
    this.open = open;
  }

  @Override
  public String path() {
    return "packet/probe/{link}";
  }

  @Override
  public String summary() {
    return "What each driver could do on an interface, the best first, and what it could not.";
  }

  @Override
  public Class<? extends Record> type() {
    return ProbeRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Query> query() {
    return List.of(
        new Query(
            "match", "What is to be received, such as 'udp port 53'; everything without it."));
  }

  @Override
  public Object get(Map<String, String> parameters) {
    Match match = Match.parse(parameters.getOrDefault("match", "everything"));
    return ProbeRow.of(
        open.probe(FrameSpec.on(parameters.getOrDefault("link", "")).matching(match)));
  }
}
