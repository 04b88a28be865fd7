// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.link.api.Happening.Kind;

class StandingTest {
  @TempDir Path temporary;
  private Path folder;
  private Tree tree;

  @BeforeEach
  void folders() throws IOException {
    folder = Files.createDirectories(temporary.resolve("hooks.d/carrier.d"));
    mode(temporary, "rwxr-xr-x");
    mode(temporary.resolve("hooks.d"), "rwxr-xr-x");
    mode(folder, "rwxr-xr-x");
    tree = new Tree(Style.SLUICE, temporary.resolve("hooks.d"));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private Path script(Path path) throws IOException {
    Files.writeString(path, "#!/bin/sh\n");
    mode(path, "rwxr-xr-x");
    return path;
  }

  private String problem(Path path, Path... links) {
    return Standing.of(HookFile.of(tree, path), List.of(links)).problem();
  }

  @Test
  void aFileThatOnlyItsOwnerCanChangeRuns() throws Exception {
    Path hook = script(folder.resolve("hook"));
    assertEquals("", problem(hook));
  }

  @Test
  void whateverOthersCanChangeDoesNot() throws Exception {
    Path hook = script(folder.resolve("hook"));
    mode(hook, "rwxrwxrwx");
    assertTrue(problem(hook).contains("writable for everybody"), problem(hook));
    mode(hook, "rwxrwxr-x");
    assertTrue(problem(hook).contains("its group"), problem(hook));
    mode(hook, "rwxr-xr-x");
    mode(folder, "rwxrwxrwx");
    assertTrue(problem(hook).contains("carrier.d is writable"), problem(hook));
    mode(folder, "rwxr-xr-x");
    mode(temporary.resolve("hooks.d"), "rwxrwxr-x");
    assertTrue(problem(hook).contains("hooks.d is writable"), problem(hook));
  }

  @Test
  void linksStayInTheFoldersOfHooks() throws Exception {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    mode(outside, "rwxr-xr-x");
    Path target = script(outside.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    assertTrue(problem(link).contains("outside of the folders"), problem(link));
    assertEquals("", problem(link, outside));
    mode(target, "rwxrwxrwx");
    assertTrue(problem(link, outside).contains("writable"), problem(link, outside));
    Path inside = script(temporary.resolve("hooks.d/shared"));
    Path good = Files.createSymbolicLink(folder.resolve("good"), inside);
    assertEquals("", problem(good));
    assertEquals(inside.toRealPath(), Standing.of(HookFile.of(tree, good), List.of()).real());
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), outside.resolve("none"));
    assertTrue(problem(dangling).contains("cannot be examined"), problem(dangling));
  }

  @Test
  void whatIsNotMarkedAsAProgramIsNotMeant() throws Exception {
    Path hook = script(folder.resolve("notes.txt"));
    mode(hook, "rw-r--r--");
    Standing standing = Standing.of(HookFile.of(tree, hook), List.of());
    assertTrue(standing.notMeant());
    assertFalse(standing.runs());
  }

  @Test
  void aFileThatChangesItsUserDoesNotRun() throws Exception {
    Path hook = script(folder.resolve("hook"));
    Files.setAttribute(hook, "unix:mode", 04755);
    assertTrue(problem(hook).contains("chmod ug-s"), problem(hook));
  }

  @Test
  void leftoversAreNoHooksAndTheOrderIsThatOfTheNames() throws Exception {
    for (String name :
        List.of(
            "b",
            "a",
            "10-c",
            ".hidden",
            "a~",
            "b.dpkg-old",
            "b.dpkg-new",
            "c.rpmsave",
            "d.bak",
            "README.md",
            "#e#",
            "f.swp",
            "g.disabled",
            "h.ucf-dist")) {
      script(folder.resolve(name));
    }
    Inventory inventory = new Inventory();
    Occasion carrier = Samples.occasion(1, Kind.CARRIER, 1, "");
    assertEquals(
        List.of("carrier.d/10-c", "carrier.d/a", "carrier.d/b"), names(inventory, carrier));
    script(folder.resolve("new"));
    assertEquals(4, names(inventory, carrier).size(), "it sees what was just added");
    Files.delete(folder.resolve("new"));
    Files.setLastModifiedTime(folder, FileTime.fromMillis(System.currentTimeMillis() - 10_000));
    assertEquals(3, names(inventory, carrier).size());
    assertEquals(3, names(inventory, carrier).size());
    script(folder.resolve("newer"));
    assertEquals(4, names(inventory, carrier).size());
    assertEquals(List.of(), names(inventory, Samples.occasion(1, Kind.LINK_UP, 1, "")));
  }

  private List<String> names(Inventory inventory, Occasion occasion) {
    return inventory.files(List.of(tree), occasion).stream().map(HookFile::name).toList();
  }
}
