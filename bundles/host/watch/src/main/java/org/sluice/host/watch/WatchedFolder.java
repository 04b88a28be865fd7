// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * One folder and the kernel's watch on it. The watch belongs to what the name pointed to when it
 * was made: after the folder was replaced, by renaming or by a symbolic link, it has to be made
 * anew.
 */
final class WatchedFolder {
  private final String name;
  private final Path path;
  private @Nullable WatchKey key;
  private @Nullable Object identity;
  private @Nullable String trouble;

  /**
   * @param name the folder as FileInstall was told
   */
  WatchedFolder(String name) {
    this.name = name;
    this.path = Path.of(name).toAbsolutePath();
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  /** Why changes are not seen at once; null when they are. */
  synchronized @Nullable String trouble() {
    return trouble;
  }

  boolean owns(WatchKey candidate) {
    return candidate.equals(key);
  }

  /**
   * Makes sure that the watch is on what the name points to now.
   *
   * @return whether it had to be made anew, so that changes may have gone unseen
   */
  boolean attach(WatchService service) {
    try {
      Object now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      WatchKey current = key;
      if (current != null && current.isValid() && now != null && now.equals(identity)) {
        return false;
      }
      if (current != null) {
        current.cancel();
      }
      key = path.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
      identity = now;
      report(null);
      return true;
    } catch (IOException e) {
      key = null;
      identity = null;
      report("watching " + path + ": " + e);
      return false;
    }
  }

  private synchronized void report(@Nullable String text) {
    trouble = text;
  }
}
