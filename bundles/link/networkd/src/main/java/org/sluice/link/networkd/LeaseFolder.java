// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches the folder of leases, because networkd tells nobody that it renewed one. It replaces the
 * file of a link, named by the link's index, by renaming.
 */
final class LeaseFolder implements AutoCloseable {
  /** Told instead of an index when any of them may have changed. */
  static final int ALL = 0;

  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkd");

  /** How often to look for a folder that is not there. */
  private static final int SEARCH_SECONDS = 1;

  private final Path folder;
  private final IntConsumer changed;
  private final WatchService service;
  private final Thread thread = new Thread(this::run, "link.networkd/leases");

  /**
   * @param changed told the index of a link whose file came, changed or went
   */
  LeaseFolder(Path folder, IntConsumer changed) throws IOException {
    this.folder = folder;
    this.changed = changed;
    service = folder.getFileSystem().newWatchService();
    thread.start();
  }

  private void run() {
    try {
      WatchKey current = null;
      while (true) {
        if (current == null || !current.isValid()) {
          current = register();
          if (current != null) {
            changed.accept(ALL);
          }
        }
        WatchKey key =
            current == null ? service.poll(SEARCH_SECONDS, TimeUnit.SECONDS) : service.take();
        if (key != null) {
          for (WatchEvent<?> event : key.pollEvents()) {
            tell(event);
          }
          key.reset();
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.log(System.Logger.Level.DEBUG, "the watch on leases is closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable WatchKey register() {
    if (!Files.isDirectory(folder)) {
      return null;
    }
    try {
      return folder.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "watching {0}: {1}", folder, e.toString());
      return null;
    }
  }

  private void tell(WatchEvent<?> event) {
    if (event.context() instanceof Path name) {
      int link = link(name.toString());
      if (link > 0) {
        changed.accept(link);
      }
    } else {
      changed.accept(ALL);
    }
  }

  /** The index that a name is; 0 when it is none. */
  private static int link(String name) {
    if (name.isEmpty() || name.length() > 9 || !name.chars().allMatch(Character::isDigit)) {
      return 0;
    }
    return Integer.parseInt(name);
  }

  /** When it returns the thread has ended. */
  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the watch on leases", e);
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
