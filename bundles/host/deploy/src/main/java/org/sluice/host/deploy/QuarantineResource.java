// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/quarantine}. */
@Component
public final class QuarantineResource implements Resource {
  private final Deployer deployer;

  @Activate
  public QuarantineResource(@Reference Deployer deployer) {
    this.deployer = deployer;
  }

  /**
   * A content of a file that was refused.
   *
   * @param sha digest of the content; empty when it could not be read
   * @param kind what is wrong, in one word
   * @param copy where a copy of it and the text about it lie
   */
  public record Quarantined(
      String file,
      String sha,
      String kind,
      String reason,
      String remedy,
      Instant since,
      String copy) {}

  @Override
  public String path() {
    return "quarantine";
  }

  @Override
  public String summary() {
    return "The jars that were refused, each with the reason and the remedy.";
  }

  @Override
  public Class<? extends Record> type() {
    return Quarantined.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Quarantined> get(Map<String, String> parameters) {
    return deployer.quarantined().stream()
        .map(
            q ->
                new Quarantined(
                    q.file(),
                    q.sha(),
                    q.refusal().kind().name(),
                    q.refusal().reason(),
                    q.refusal().remedy(),
                    q.since(),
                    deployer.quarantine().resolve(q.file()).toString()))
        .toList();
  }
}
