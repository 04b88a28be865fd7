// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.sluice.ops.api.Health;

/** A thread that waits as FileInstall's do, but without ever looking by itself, must be woken. */
class FolderWatchTest {
  @TempDir Path home;

  /** How long a wake may take on a loaded machine. */
  private static final int PATIENCE = 20;

  private final Semaphore woken = new Semaphore(0);
  private Path plugins = Path.of("");
  private Thread scanner = Thread.currentThread();
  private FolderWatch watch = new FolderWatch(context(""));

  private static BundleContext context(String folders) {
    return (BundleContext)
        Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (self, method, arguments) -> folders);
  }

  @BeforeEach
  void start() throws Exception {
    watch.deactivate();
    plugins = Files.createDirectory(home.resolve("plugins"));
    scanner = new Thread(this::scan, "fileinstall-" + plugins);
    scanner.start();
    watch = new FolderWatch(context(home.resolve("configs") + "," + plugins));
  }

  @SuppressWarnings(
      "WaitNotInLoop") // Each return is what is counted, as FileInstall scans on each.
  private void scan() {
    Thread self = Thread.currentThread();
    try {
      while (true) {
        synchronized (self) {
          self.wait();
        }
        woken.release();
      }
    } catch (InterruptedException e) {
      self.interrupt();
    }
  }

  @AfterEach
  void stop() throws Exception {
    watch.deactivate();
    scanner.interrupt();
    scanner.join();
  }

  /** Waits until the wakes of earlier changes have died away. */
  private void quiet() throws InterruptedException {
    int before = -1;
    while (before != woken.availablePermits()) {
      before = woken.availablePermits();
      Thread.sleep(600);
    }
    woken.drainPermits();
  }

  private void awaitWakes(int count) throws InterruptedException {
    assertTrue(woken.tryAcquire(count, PATIENCE, TimeUnit.SECONDS), "not woken");
  }

  @Test
  void aNewFileWakesItOftenEnoughForTwoEqualScans() throws Exception {
    quiet();
    Files.createFile(plugins.resolve("x.jar"));
    awaitWakes(3);
    quiet();
    Files.write(plugins.resolve("x.jar"), new byte[1]);
    awaitWakes(1);
    quiet();
    Files.delete(plugins.resolve("x.jar"));
    awaitWakes(1);
  }

  @Test
  void aFolderThatWasDeletedIsFoundAgain() throws Exception {
    quiet();
    Files.delete(plugins);
    awaitStatus(Health.Status.WARN);
    Files.createDirectory(plugins);
    Files.createDirectory(home.resolve("configs"));
    awaitStatus(Health.Status.OK);
    quiet();
    Files.createFile(plugins.resolve("x.jar"));
    awaitWakes(1);
  }

  private void awaitStatus(Health.Status status) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!watch.check().status().equals(status) && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertEquals(status, watch.check().status(), watch.check()::text);
  }

  @Test
  void aFolderThatWasReplacedByRenamingIsFoundAgain() throws Exception {
    Files.createDirectory(home.resolve("configs"));
    quiet();
    Files.move(plugins, home.resolve("old"));
    Files.createDirectory(plugins);
    quiet();
    Files.createFile(plugins.resolve("x.jar"));
    awaitWakes(1);
  }

  @Test
  void itEndsWhenItIsToldTo() throws Exception {
    watch.deactivate();
    Thread[] threads = new Thread[Thread.activeCount() + 8];
    int count = Thread.enumerate(threads);
    for (int i = 0; i < count; i++) {
      assertTrue(!threads[i].getName().equals("host.watch/folders"), "still there");
    }
  }
}
