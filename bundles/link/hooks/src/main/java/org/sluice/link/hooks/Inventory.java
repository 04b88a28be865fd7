// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which files lie in the folders. A folder is read again when its time of change says so. Safe for
 * any thread.
 */
final class Inventory {
  /** What editors and packages leave behind, and what nobody means to run. */
  private static final Pattern LEFTOVER =
      Pattern.compile(
          "\\..*|.*~|#.*#|.*,v|README.*|.*\\.(dpkg-[a-z]+|rpmsave|rpmnew|rpmorig|ucf-[a-z]+|bak|old|orig"
              + "|save|swp|swo|tmp|disabled|cfsaved)");

  /** Within this a folder may change twice and have the same time of change. */
  private static final long TICK_MILLIS = 50;

  private static final int MOST_FOLDERS = 256;

  private final Map<Path, Seen> seen = new HashMap<>();

  private record Seen(FileTime changed, long at, List<Path> files) {}

  /** What would be looked at for an occasion, in the order in which it runs. */
  List<HookFile> files(List<Tree> trees, Occasion occasion) {
    List<HookFile> all = new ArrayList<>();
    for (Tree tree : trees) {
      for (Path folder : tree.folders(occasion)) {
        for (Path path : in(folder)) {
          all.add(HookFile.of(tree, path));
        }
      }
    }
    return all;
  }

  /** Every file of a tree that is named like a hook. */
  List<HookFile> all(Tree tree) {
    List<HookFile> all = new ArrayList<>();
    if (!tree.inEventFolders()) {
      in(tree.folder()).forEach(path -> all.add(HookFile.of(tree, path)));
      return all;
    }
    for (Path folder : list(tree.folder(), true)) {
      if (folder.toString().endsWith(".d")) {
        in(folder).forEach(path -> all.add(HookFile.of(tree, path)));
      }
    }
    return all;
  }

  /** Files whose name is that of a hook, sorted by name. */
  private List<Path> in(Path folder) {
    FileTime changed;
    try {
      changed = Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return List.of();
    }
    synchronized (seen) {
      Seen before = seen.get(folder);
      if (before != null
          && before.changed().equals(changed)
          && before.at() - changed.toMillis() > TICK_MILLIS) {
        return before.files();
      }
    }
    long at = System.currentTimeMillis();
    List<Path> files = list(folder, false);
    synchronized (seen) {
      if (seen.size() > MOST_FOLDERS) {
        seen.clear();
      }
      seen.put(folder, new Seen(changed, at, files));
    }
    return files;
  }

  private static List<Path> list(Path folder, boolean folders) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path path : all) {
        if (!LEFTOVER.matcher(path.getFileName().toString()).matches()
            && folders == Files.isDirectory(path)) {
          found.add(path);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.of();
    }
    found.sort(java.util.Comparator.comparing(path -> path.getFileName().toString()));
    return List.copyOf(found);
  }
}
