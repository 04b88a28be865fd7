// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.Generation;
import org.sluice.host.api.Generation.State;
import org.sluice.json.JsonException;

class GenerationStoreTest {
  @TempDir private Path folder;
  private GenerationStore store;

  @BeforeEach
  void open() {
    store = new GenerationStore(folder, 5);
  }

  private static Stored stored(long number, State state) {
    return new Stored(
        new Generation(
            number, Instant.ofEpochSecond(number), state, "files", List.of("a.b", "c~d")),
        "digest" + number,
        number % 2 == 0,
        List.of(
            new ConfigProblem(
                ConfigProblem.Severity.ERROR, "f", 1, 2, "k", "text \"q\"\n", "remedy")),
        Map.of("a.b.cfg.json", "{ // comment\n \"x\": \"ü\\u0000\" }"));
  }

  @Test
  void keepsEverything() throws Exception {
    Stored one = stored(1, State.PROBING);
    store.write(one, false);
    assertEquals(one, store.read(1).orElseThrow());
    assertEquals(one, Stored.parse(one.json()));
    assertTrue(store.inForce().isEmpty());
    assertEquals(2, store.next());
  }

  @Test
  void pointsAtWhatWasCommittedLast() throws Exception {
    store.commit(stored(1, State.COMMITTED));
    store.write(stored(2, State.PROBING), false);
    assertEquals(1, store.inForce().orElseThrow().number());
    store.commit(stored(2, State.COMMITTED));
    assertEquals(2, new GenerationStore(folder, 5).inForce().orElseThrow().number());
    assertEquals(List.of(2L), store.after(1).stream().map(Stored::number).toList());
  }

  @Test
  void isReadableWhereverItWasTorn() throws Exception {
    store.commit(stored(1, State.COMMITTED));
    store.commit(stored(2, State.COMMITTED));
    Path file = folder.resolve("generations/2.json");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertTrue(store.read(2).isEmpty(), "torn after " + length);
      assertEquals(1, store.inForce().orElseThrow().number());
      assertEquals(3, store.next());
    }
    for (String pointer : new String[] {"", "x", "99", "\0", "-1"}) {
      Files.write(file, whole);
      Files.writeString(folder.resolve("in-force"), pointer);
      assertEquals(2, store.inForce().orElseThrow().number(), pointer);
    }
  }

  @Test
  void passesOverWhatIsNoGeneration() throws IOException {
    store.commit(stored(1, State.COMMITTED));
    Path generations = folder.resolve("generations");
    Files.writeString(generations.resolve("2.json"), "[]");
    Files.writeString(generations.resolve("3.json"), "{\"generation\": {}}");
    Files.writeString(generations.resolve("notes.json"), "{}");
    Files.writeString(generations.resolve(".4.json.new"), "{");
    assertEquals(List.of(1L), store.all().stream().map(Stored::number).toList());
    store.commit(stored(4, State.COMMITTED));
    assertEquals(4, store.inForce().orElseThrow().number());
  }

  @Test
  void keepsSoManyAndTheOneInForce() throws IOException {
    store.commit(stored(1, State.COMMITTED));
    for (int i = 2; i <= 20; i++) {
      store.commit(stored(i, State.COMMITTED));
    }
    assertEquals(5, store.numbers().size());
    assertEquals(20, store.numbers().last());
  }

  @Test
  void isForNobodyElse() throws IOException {
    store.commit(stored(1, State.COMMITTED));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("generations/1.json"))));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("generations"))));
  }

  @Test
  void saysWhenItCannotWriteAndKeepsWhatItHas() throws IOException {
    store.commit(stored(1, State.COMMITTED));
    Path beside = folder.resolve("generations/.2.json.new");
    Files.createDirectories(beside.resolve("in-the-way"));
    assertThrows(IOException.class, () -> store.commit(stored(2, State.COMMITTED)));
    assertEquals(1, store.inForce().orElseThrow().number());
    assertFalse(store.read(2).isPresent());
  }

  @Test
  void refusesOtherJson() {
    for (String text : new String[] {"1", "{}", "{\"generation\": 1}", ""}) {
      assertThrows(JsonException.class, () -> Stored.parse(text));
    }
  }
}
