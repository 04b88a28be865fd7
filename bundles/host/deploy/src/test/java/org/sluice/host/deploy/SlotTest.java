// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotTest {
  private static final Settings SETTINGS =
      new Settings(
          false,
          List.of(),
          Set.of(),
          Duration.ofSeconds(10),
          Duration.ZERO,
          Duration.ofSeconds(10),
          Duration.ZERO,
          Duration.ofHours(1),
          Duration.ZERO,
          3,
          Duration.ofHours(1));

  @TempDir Path folder;

  @Test
  void aFileIsUndecidedFromWhenItIsSeenUntilItIsJudged() throws Exception {
    Slot slot = new Slot("x.jar");
    assertFalse(slot.undecided(), "there is none");
    DropFolder.Sighting sighting = see(slot, Zips.bundle(Zips.MANIFEST, Map.of()));
    assertTrue(slot.undecided(), "not looked at yet");
    slot.arrival.look(sighting, SETTINGS);
    assertTrue(slot.undecided(), "looked at, and waits for others to start");
    slot.judged = sighting;
    assertFalse(slot.undecided());
    slot.again = true;
    assertTrue(slot.undecided(), "what it was refused for has gone");
  }

  @Test
  void aFileThatIsStillBeingWrittenKeepsNobodyWaiting() throws Exception {
    Slot slot = new Slot("x.jar");
    slot.arrival.look(see(slot, new byte[] {'P', 'K'}), SETTINGS);
    assertFalse(slot.undecided());
    see(slot, Zips.bundle(Zips.MANIFEST, Map.of()));
    assertTrue(slot.undecided(), "there is more of it now");
  }

  private DropFolder.Sighting see(Slot slot, byte[] content) throws Exception {
    Files.write(folder.resolve(slot.file), content);
    slot.see(Objects.requireNonNull(new DropFolder(folder).look().get(slot.file)));
    return Objects.requireNonNull(slot.sighting);
  }
}
