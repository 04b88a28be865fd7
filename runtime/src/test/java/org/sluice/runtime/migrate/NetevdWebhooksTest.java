// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Web servers that netevd told: only what link.hooks takes is written. */
class NetevdWebhooksTest {
  private final Report report = new Report();
  private final Output output = new Output();

  private List<String> files(Path folder, String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("netevd.yaml"), "webhooks:\n" + yaml);
    new Netevd(output, report).migrate(file);
    return output.files();
  }

  @Test
  void eachIsAFile(@TempDir Path folder) throws Exception {
    assertEquals(
        List.of(
            "configs/org.sluice.link.hooks.webhook~netevd.cfg.json",
            "configs/org.sluice.link.hooks.webhook~netevd-1.cfg.json"),
        files(folder, "  - url: http://[::1]:8080/x?y=z\n  - url: HTTPS://example.org\n"));
    assertEquals(0, report.count(Outcome.LOOK));
  }

  @Test
  void anAddressThatHooksRefuseIsLeftOut(@TempDir Path folder) throws Exception {
    assertEquals(
        List.of(),
        files(
            folder,
            """
              - url: ftp://example.org/
              - url: https://name:word@example.org/
              - url: https://under_score/
              - url: "https://example.org/{x}"
              - url: example.org
            """));
    assertEquals(5, report.count(Outcome.LOOK));
  }

  /** Written without events, it would be told everything. */
  @Test
  void oneWhoseEventsAreAllUnknownIsLeftOut(@TempDir Path folder) throws Exception {
    assertEquals(
        List.of(), files(folder, "  - url: https://example.org\n    events: [coffee, tea]\n"));
    assertEquals(3, report.count(Outcome.LOOK));
  }
}
