// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something happens in folders, or for a while. Where the kernel has no watch to give
 * it only waits for a while, and a shorter one.
 */
final class FolderWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.dhclient");
  private static final Duration BLIND = Duration.ofMillis(500);

  private final @Nullable WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private String trouble = "";

  FolderWatch() {
    WatchService opened = null;
    try {
      opened = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      trouble =
          "changes of lease files are found by looking only: "
              + e.getMessage()
              + " — raise fs.inotify.max_user_instances";
      LOG.log(System.Logger.Level.WARNING, trouble);
    }
    service = opened;
  }

  /**
   * Watches exactly these, as far as they are there.
   *
   * @return whether one of them was not watched before, so that changes may have gone unseen
   */
  boolean over(Set<Path> folders) {
    if (service == null) {
      return false;
    }
    keys.entrySet()
        .removeIf(
            key -> {
              boolean gone = !folders.contains(key.getKey()) || !key.getValue().isValid();
              if (gone) {
                key.getValue().cancel();
              }
              return gone;
            });
    boolean added = false;
    for (Path folder : folders) {
      if (!keys.containsKey(folder)) {
        try {
          keys.put(
              folder,
              folder.register(
                  service,
                  StandardWatchEventKinds.ENTRY_CREATE,
                  StandardWatchEventKinds.ENTRY_MODIFY,
                  StandardWatchEventKinds.ENTRY_DELETE));
          added = true;
        } catch (IOException e) {
          // It is not there, or not ours to look at; the next look tries again.
          LOG.log(System.Logger.Level.DEBUG, "not watched: {0}: {1}", folder, e);
        }
      }
    }
    return added;
  }

  /**
   * @param concerns whether an entry of a folder matters
   * @return whether something that matters happened
   */
  boolean await(Duration longest, BiPredicate<Path, String> concerns) throws InterruptedException {
    if (service == null) {
      Duration wait = longest.compareTo(BLIND) < 0 ? longest : BLIND;
      return !closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }
    boolean matters = false;
    WatchKey key = service.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    while (key != null) {
      for (WatchEvent<?> event : key.pollEvents()) {
        matters |=
            event.kind() == StandardWatchEventKinds.OVERFLOW
                || (key.watchable() instanceof Path folder
                    && concerns.test(folder, String.valueOf(event.context())));
      }
      // A folder that went is a change of its own.
      matters |= !key.reset();
      key = service.poll();
    }
    return matters;
  }

  /** Why changes are seen late; empty when they are not. */
  String trouble() {
    return trouble;
  }

  /** Any thread may close it; who waits is told by an exception, or by the end of the wait. */
  @Override
  public void close() {
    closed.countDown();
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "closing the watch on lease files", e);
      }
    }
  }
}
