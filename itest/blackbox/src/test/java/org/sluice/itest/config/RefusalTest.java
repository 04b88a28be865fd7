// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.config.ConfiguredSluice.ALPHA;
import static org.sluice.itest.config.ConfiguredSluice.BETA;
import static org.sluice.itest.config.ConfiguredSluice.GAMMA;
import static org.sluice.itest.config.ConfiguredSluice.RULE;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.itest.SluiceProcess;

/** Files that are wrong: the last good generation stays, and the problem is told at its place. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalTest {
  private ConfiguredSluice sluice;
  private long good;

  @BeforeAll
  void start() throws Exception {
    sluice = ConfiguredSluice.start();
  }

  @AfterAll
  void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @BeforeEach
  void good() throws Exception {
    good = sluice.only(Map.of(ALPHA, "{\"times\": 7}"));
    assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
  }

  /** Columns: what is saved for alpha | line | column | key | words of the text | of the remedy. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "'{\"times\": 5'            | 1 | 12 | ''     | expected ','          | ''",
        "'{\n  \"times\": 5,,\n}'   | 2 | 14 | ''     | expected a key        | ''",
        "'{\"times\": \"five\"}'    | 1 | 11 | times  | \"five\"              | 1 to 100",
        "'{\"times\": 5.5}'         | 1 | 11 | times  | whole number          | 1 to 100",
        "'{\"times\": true}'        | 1 | 11 | times  | found true            | 1 to 100",
        "'{\"times\": 500}'         | 1 | 11 | times  | 500 is out of range   | 1 to 100",
        "'{\"times\": 0}'           | 1 | 11 | times  | 0 is out of range     | 1 to 100",
        "'{\"small\": 300}'         | 1 | 11 | small  | 300 is out of range   | -128 to 127",
        "'{\"size\": 1e30}'         | 1 | 10 | size   | out of range          | 9223372036854775807",
        "'{\n\"mode\": \"LUOD\"}'   | 2 | 9  | mode   | not one of            | did you mean \"LOUD\"",
        "'{\n\"tims\": 5}'          | 2 | 1  | tims   | unknown key           | did you mean \"times\"",
        "'{\"tags\": \"a\"}'        | 1 | 10 | tags   | list of texts         | [\"a\"]",
        "'{\"tags\": [\"a\", 5]}'   | 1 | 16 | tags   | a number 5            | \"5\"",
        "'{\"letter\": \"xy\"}'     | 1 | 12 | letter | one character         | ''",
        "'{\"times\": null}'        | 1 | 11 | times  | found null            | leave the key out",
        "'{\"times\": 1,\"times\": 2}' | 1 | 13 | ''  | stands here again     | ''",
        "'{\"service.pid\": \"x\"}' | 1 | 2  | service.pid | set by the host  | remove it",
        "''                         | 0 | 0  | ''     | empty                 | {}",
        "'[1]'                      | 1 | 1  | ''     | expected an object    | ''",
      })
  void tellsWhatIsWrongWhere(
      String saved, int line, int column, String key, String text, String remedy) throws Exception {
    sluice.save(ALPHA, saved);
    var status = sluice.refused(text);
    var problem = status.problems().getFirst();
    assertEquals(ALPHA + ".cfg.json", problem.file());
    assertEquals(line, problem.line(), problem::toString);
    assertEquals(column, problem.column(), problem::toString);
    assertEquals(key, problem.key());
    assertTrue(problem.remedy().contains(remedy), problem::toString);
    assertEquals(good, status.inForce());
    assertFalse(status.current());
    assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));

    // The log is written by a thread of its own.
    sluice
        .process()
        .awaitTrue(
            "word in the log of " + problem.text(),
            () -> sluice.process().log().replace("\\\"", "\"").contains(problem.text()));
    var check = sluice.process().command("config:check");
    assertEquals(1, check.exit(), check::toString);
    var health = sluice.process().command("config:status");
    assertTrue(health.out().contains(problem.text()), health::toString);
  }

  @Test
  void tellsOfAMissingRequiredKey() throws Exception {
    sluice.save(RULE + "~one", "{\"weight\": 2}");
    var status = sluice.refused("source", "required and missing");
    assertEquals(good, status.inForce());
    assertEquals("", sluice.values("rule one"));
  }

  @Test
  void tellsOfAFileNamedForTheWrongKindOfPid() throws Exception {
    sluice.save(RULE, "{\"source\": \"one\"}");
    sluice.refused("many of", RULE + "~NAME.cfg.json");
    Files.delete(sluice.process().configs().resolve(RULE + ".cfg.json"));
    sluice.save(ALPHA + "~one", "{\"times\": 5}");
    sluice.refused("there is only one", ALPHA + ".cfg.json");
  }

  @Test
  void tellsOfAConflictBetweenFiles() throws Exception {
    sluice.save(BETA, "{\n  \"port\": 1000\n}");
    var status = sluice.refused("port 1000 is taken by " + ALPHA, "choose another");
    assertEquals(good, status.inForce());
    // A check that is slow to answer is told, too.
    var problem =
        status.problems().stream()
            .filter(p -> p.text().contains("is taken by"))
            .findFirst()
            .orElseThrow();
    assertEquals(BETA + ".cfg.json", problem.file());
    assertEquals(2, problem.line());
    assertEquals("port", problem.key());
    assertTrue(sluice.values("beta").startsWith("2000 "), () -> sluice.values("beta"));
  }

  @Test
  void refusesWhatACheckCannotJudge() throws Exception {
    sluice.save(ALPHA, "{\"check\": \"throw\", \"times\": 8}");
    var status = sluice.refused("asked to throw");
    assertEquals(good, status.inForce());
    sluice.save(ALPHA, "{\"check\": \"hang\", \"times\": 8}");
    sluice.refused("did not answer within 5 s");
    assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
    // The check hangs on; what is saved meanwhile waits until it is back.
    sluice.saveGood(ALPHA, "{\"times\": 8}");
    assertTrue(sluice.values("alpha").startsWith("8 "), () -> sluice.values("alpha"));
  }

  /** All five change in the same instant, as in a folder that Kubernetes mounts. */
  @Test
  void appliesNoneOfFiveFilesWhenOneIsBad() throws Exception {
    Path home = sluice.process().home();
    Path configs = sluice.process().configs();
    List<String> pids = List.of(ALPHA, BETA, GAMMA, RULE + "~one", RULE + "~two");
    Map<String, List<String>> versions =
        Map.of(
            "first",
            List.of(
                "{\"times\": 7}",
                "{\"name\": \"one\"}",
                "{\"level\": 1}",
                "{\"source\": \"a\"}",
                "{\"source\": \"b\"}"),
            "second",
            List.of(
                "{\"times\": 8}",
                "{\"name\": \"two\"}",
                "{\"level\": 2}",
                "{\"source\": \"c\"}",
                "{\"sorce\": \"d\"}"));
    for (var version : versions.entrySet()) {
      Path folder = Files.createDirectories(home.resolve(version.getKey()));
      for (int i = 0; i < pids.size(); i++) {
        Files.writeString(folder.resolve(pids.get(i)), version.getValue().get(i));
      }
    }
    Path data = Files.createSymbolicLink(home.resolve("data"), home.resolve("first"));
    for (String pid : pids) {
      Path file = configs.resolve(pid + ".cfg.json");
      Files.deleteIfExists(file);
      Files.createSymbolicLink(file, data.resolve(pid));
    }
    sluice.process().awaitTrue("all five", () -> sluice.seen("rule b") != null);
    long before = sluice.filesKept();
    int generations = sluice.log().size();
    Path next = Files.createSymbolicLink(home.resolve("next"), home.resolve("second"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    var status = sluice.refused("sorce", "unknown key", "did you mean \"source\"");
    assertEquals(before, status.inForce());
    assertEquals(generations, sluice.log().size());
    assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
    assertEquals("2000 one", sluice.values("beta"));
    assertEquals("1", sluice.values("gamma"));
    assertEquals("", sluice.values("rule c"));
  }

  @Test
  void refusesAFolderThatOthersMayWrite() throws Exception {
    Path configs = sluice.process().configs();
    Files.setPosixFilePermissions(configs, PosixFilePermissions.fromString("rwxrwxrwx"));
    try {
      sluice.save(ALPHA, "{\"times\": 9}");
      var status = sluice.refused("writable for everybody", "chmod go-w");
      assertEquals(good, status.inForce());
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
    } finally {
      Files.setPosixFilePermissions(configs, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    sluice
        .process()
        .awaitTrue("the new value, once mended", () -> sluice.values("alpha").startsWith("9 "));
  }

  @Test
  void refusesAFileThatOthersMayWrite() throws Exception {
    Path file = sluice.process().configs().resolve(ALPHA + ".cfg.json");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    sluice.refused(ALPHA, "not trusted", "chmod go-w");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    sluice.process().awaitTrue("trust", () -> sluice.status().problems().isEmpty());
    assertEquals(good, sluice.status().inForce());
  }

  /** What {@code config:check} says when all who were asked have answered in time. */
  private SluiceProcess.Answer check(String... path) throws Exception {
    String[] words = new String[path.length + 1];
    words[0] = "config:check";
    System.arraycopy(path, 0, words, 1, path.length);
    return sluice
        .process()
        .await(
            "every check to answer",
            () -> {
              SluiceProcess.Answer answer = sluice.process().command(words);
              return answer.out().contains("did not answer within") ? null : answer;
            });
  }

  @Test
  void checksAFileAndAFolderWithoutTouchingAnything() throws Exception {
    Path file = sluice.process().home().resolve(ALPHA + ".cfg.json");
    Files.writeString(file, "{\"times\": 101}", StandardCharsets.UTF_8);
    SluiceProcess.Answer bad = check(file.toString());
    assertEquals(1, bad.exit(), bad::toString);
    assertTrue(bad.out().contains("101 is out of range"), bad::toString);
    Files.writeString(file, "{\"times\": 100}", StandardCharsets.UTF_8);
    SluiceProcess.Answer fine = check(file.toString());
    assertEquals(0, fine.exit(), fine::toString);
    assertEquals(0, check().exit());
    assertEquals(2, check("/not/there").exit());
    Path folder = Files.createDirectory(sluice.process().home().resolve("proposal"));
    Files.writeString(folder.resolve(ALPHA + ".cfg.json"), "{\"port\": 5}");
    Files.writeString(folder.resolve(BETA + ".cfg.json"), "{\"port\": 5}");
    SluiceProcess.Answer conflict = check(folder.toString());
    assertEquals(1, conflict.exit(), conflict::toString);
    assertTrue(conflict.out().contains("is taken by"), conflict::toString);
    assertEquals(good, sluice.status().inForce());
    assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
  }

  @Test
  void namesFilesThatWillNeverBeRead() throws Exception {
    Files.writeString(sluice.process().configs().resolve("org.acme.cfg"), "a=b");
    sluice
        .process()
        .awaitTrue(
            "word of the file",
            () -> {
              String out = sluice.process().command("config:status").out();
              return out.contains("never read: rename it to org.acme.cfg.json");
            });
  }

  @Test
  void keepsWhatNobodyClaimsAndGuessesWhatWasMeant() throws Exception {
    sluice.save("org.sluice.itest.alhpa", "{\"x\": 1}");
    sluice.refused("WARNING", "no bundle claims", "did you mean " + ALPHA + ".cfg.json");
    sluice.process().awaitTrue("it to be in force all the same", () -> sluice.status().current());
  }
}
