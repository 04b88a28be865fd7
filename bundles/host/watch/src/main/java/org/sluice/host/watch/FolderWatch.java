// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.watch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * Watches the folders of FileInstall and, above them, the folders that hold them, so that a folder
 * that is deleted, renamed or replaced is found again. The thread sleeps in the kernel until
 * something happens.
 */
@Component(immediate = true)
public final class FolderWatch implements HealthCheck {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.watch");

  /**
   * When to wake FileInstall after a change, each counted from the one before, in milliseconds. It
   * reports a new file only when two scans found it alike, and a call that comes while it scans is
   * lost.
   */
  private static final int[] ECHOES = {3, 6, 12, 25, 50, 100, 200};

  /** A writer causes an event per write; scanning more often than this serves nobody. */
  private static final int SPACING = 2;

  /** How often to look for a folder that is gone. */
  private static final int SEARCH = 500;

  private final Scanners scanners = new Scanners();
  private final List<WatchedFolder> folders = new ArrayList<>();
  private final Set<WatchedFolder> above = new HashSet<>();
  private final @Nullable WatchService service;
  private final String trouble;
  private final Thread thread;

  @Activate
  public FolderWatch(BundleContext context) {
    String configured = context.getProperty("felix.fileinstall.dir");
    Set<Path> parents = new HashSet<>();
    for (String name : (configured == null ? "" : configured).split(",", -1)) {
      if (!name.isBlank()) {
        WatchedFolder folder = new WatchedFolder(name.trim());
        folders.add(folder);
        Path parent = folder.path().getParent();
        if (parent != null && parents.add(parent)) {
          above.add(new WatchedFolder(parent.toString()));
        }
      }
    }
    WatchService opened = null;
    String problem = "";
    try {
      opened = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      // Mostly the limit of inotify instances; FileInstall's poll still finds every change.
      problem = "opening a watch: " + e.getMessage();
      LOG.log(System.Logger.Level.WARNING, "changes of folders are found by polling only: " + e);
    }
    service = opened;
    trouble = problem;
    thread = Thread.ofPlatform().daemon().name("host.watch/folders").unstarted(this::run);
    if (opened != null) {
      thread.start();
    }
  }

  @Deactivate
  public void deactivate() throws IOException, InterruptedException {
    if (service != null) {
      service.close();
      thread.join();
    }
  }

  private void run() {
    try (WatchService watch = service) {
      if (watch != null) {
        int echo = ECHOES.length;
        while (true) {
          Attachment attachment = attach(watch);
          echo = await(watch, attachment.renewed() ? 0 : echo, attachment.missing());
        }
      }
    } catch (ClosedWatchServiceException e) {
      LOG.log(System.Logger.Level.DEBUG, "the watch on folders is closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the watch on folders", e);
    }
  }

  /** Waits for one event or one echo. */
  private int await(WatchService watch, int echo, boolean searching) throws InterruptedException {
    WatchKey key;
    if (echo < ECHOES.length) {
      key = watch.poll(ECHOES[echo], TimeUnit.MILLISECONDS);
    } else if (searching) {
      key = watch.poll(SEARCH, TimeUnit.MILLISECONDS);
    } else {
      key = watch.take();
    }
    if (key == null && echo == ECHOES.length) {
      // Only looked for a missing folder; finding it begins the echoes.
      return echo;
    }
    if (key == null) {
      wakeAll();
      return echo + 1;
    }
    boolean ours = false;
    while (key != null) {
      ours |= !key.pollEvents().isEmpty() && isFolder(key);
      key.reset();
      key = watch.poll();
    }
    if (!ours) {
      return echo;
    }
    wakeAll();
    Thread.sleep(SPACING);
    return 0;
  }

  private boolean isFolder(WatchKey key) {
    return folders.stream().anyMatch(folder -> folder.owns(key));
  }

  private void wakeAll() {
    for (WatchedFolder folder : folders) {
      scanners.wake(folder.name());
    }
  }

  /**
   * @param renewed whether a watch was made anew, so that changes may have gone unseen
   * @param missing whether one of the folders is not there
   */
  private record Attachment(boolean renewed, boolean missing) {}

  /** Puts the watches where they belong. */
  private Attachment attach(WatchService watch) {
    boolean missing = false;
    boolean renewed = false;
    for (WatchedFolder folder : above) {
      folder.attach(watch);
      missing |= folder.trouble() != null;
    }
    for (WatchedFolder folder : folders) {
      String before = folder.trouble();
      renewed |= folder.attach(watch);
      String now = folder.trouble();
      if (now != null && before == null) {
        LOG.log(System.Logger.Level.WARNING, now);
      }
      missing |= now != null;
    }
    return new Attachment(renewed, missing);
  }

  @Override
  public String name() {
    return "host.watch";
  }

  @Override
  public Health check() {
    if (!trouble.isEmpty()) {
      return Health.warn(
          "changes of folders are found by polling only: " + trouble,
          "raise fs.inotify.max_user_instances");
    }
    for (WatchedFolder folder : folders) {
      String problem = folder.trouble();
      if (problem != null) {
        return Health.warn(problem, "create the folder: mkdir -p '" + folder.path() + "'");
      }
    }
    return Health.ok("watching " + folders.size() + " folders");
  }
}
