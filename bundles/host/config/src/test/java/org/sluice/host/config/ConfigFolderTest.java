// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.host.api.ConfigProblem;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConfigFolderTest {
  @TempDir private Path path;
  private ConfigFolder folder;

  @BeforeEach
  void open() {
    folder = new ConfigFolder(path);
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(path.resolve(name), text);
  }

  @Test
  void readsConfigurationAndPassesOverTheRest() throws Exception {
    write("a.b.cfg.json", "{}");
    write("a.b~c.cfg.json", "{}");
    for (String other :
        List.of(
            ".a.b.cfg.json.swp",
            ".#a.cfg.json",
            "#a.cfg.json#",
            "a.cfg.json~",
            "4913",
            "README.md",
            "a.cfg.json.bak",
            ".hidden.cfg.json")) {
      write(other, "not json");
    }
    Files.createDirectory(path.resolve("..data"));
    Snapshot snapshot = folder.read();
    assertEquals(Set.of("a.b.cfg.json", "a.b~c.cfg.json"), snapshot.files().keySet());
    assertEquals(List.of(), snapshot.problems());
    assertEquals(Set.of(), snapshot.ignored().keySet());
  }

  @Test
  void namesWhatLooksLikeConfigurationAndIsNot() throws Exception {
    write("a.cfg", "");
    write("b.json", "");
    write("c.config", "");
    assertEquals(Set.of("a.cfg", "b.json", "c.config"), folder.read().ignored().keySet());
    assertTrue(String.valueOf(folder.read().ignored().get("a.cfg")).contains("a.cfg.json"));
  }

  @Test
  void tellsWhatCannotBeRead() throws Exception {
    Files.createDirectory(path.resolve("dir.cfg.json"));
    Files.write(path.resolve("latin.cfg.json"), new byte[] {'{', (byte) 0xe4, '}'});
    Files.createSymbolicLink(path.resolve("dangling.cfg.json"), Path.of("nowhere"));
    Files.write(path.resolve("big.cfg.json"), new byte[(1 << 20) + 1]);
    Process fifo = new ProcessBuilder("mkfifo", path.resolve("fifo.cfg.json").toString()).start();
    assertEquals(0, fifo.waitFor());
    String all = folder.read().problems().stream().map(ConfigProblem::toString).toList().toString();
    assertTrue(all.contains("dir.cfg.json: is not a file"), all);
    assertTrue(all.contains("fifo.cfg.json: is not a file"), all);
    assertTrue(all.contains("latin.cfg.json: is not UTF-8"), all);
    assertTrue(all.contains("dangling.cfg.json: is a link to nowhere"), all);
    assertTrue(all.contains("big.cfg.json: is larger than"), all);
  }

  @Test
  void tellsWhenTheFolderIsGone() throws Exception {
    Files.delete(path);
    assertTrue(folder.read().problems().getFirst().text().contains("not there"));
    Files.createDirectory(path);
  }

  @Test
  void seesEveryChangeAndNoOther() throws Exception {
    write("a.cfg.json", "{\"a\":1}");
    Path file = path.resolve("a.cfg.json");
    String stamp = folder.stamp();
    String digest = folder.read().digest();
    assertEquals(stamp, folder.stamp());
    write(".swap", "x");
    assertEquals(stamp, folder.stamp());
    FileTime time = Files.getLastModifiedTime(file);
    Thread.sleep(20);
    write("a.cfg.json", "{\"a\":2}");
    Files.setLastModifiedTime(file, time);
    assertNotEquals(stamp, folder.stamp(), "same length and time");
    assertNotEquals(digest, folder.read().digest());
    Files.setLastModifiedTime(file, FileTime.fromMillis(5));
    write("a.cfg.json", "{\"a\":1}");
    assertEquals(digest, folder.read().digest());
  }

  @Test
  void doesNotConfuseNamesWithTexts() throws Exception {
    write("a.cfg.json", "b.cfg.json");
    String digest = folder.read().digest();
    Files.delete(path.resolve("a.cfg.json"));
    write("a.cfg.jsonb.cfg.json", "");
    assertNotEquals(digest, folder.read().digest());
  }

  @Test
  void trustsNoFileThatOthersMayWrite() throws Exception {
    write("a.cfg.json", "{}");
    assertEquals(List.of(), folder.distrust());
    Path file = path.resolve("a.cfg.json");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    ConfigProblem problem = folder.distrust().getFirst();
    assertEquals("a.cfg.json", problem.file());
    assertTrue(problem.remedy().startsWith("chmod go-w "), problem::toString);
    assertFalse(problem.text().contains("chmod"), problem::toString);
  }
}
