// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Sees every thread that dies of an exception nobody caught, and finds out whose code it was. Sits
 * in front of the handler that was there before, and gives the place back.
 */
final class CrashWatch implements UncaughtExceptionHandler, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Supplier<? extends Collection<Bundle>> plugins;
  private final BiConsumer<Bundle, String> report;
  private final @Nullable UncaughtExceptionHandler before;

  /**
   * @param plugins the bundles to be considered, asked on the dying thread
   * @param report told the bundle at fault and what happened, on the dying thread
   */
  CrashWatch(Supplier<? extends Collection<Bundle>> plugins, BiConsumer<Bundle, String> report) {
    this.plugins = plugins;
    this.report = report;
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(this);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    try {
      Bundle culprit = culprit(thread, failure);
      if (culprit != null) {
        report.accept(
            culprit, "thread " + thread.getName() + " died of " + Failure.summary(failure));
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "attributing a crash", e);
    }
    if (before != null) {
      before.uncaughtException(thread, failure);
    } else {
      LOG.log(
          System.Logger.Level.ERROR, "thread died thread=\"" + thread.getName() + "\"", failure);
    }
  }

  private @Nullable Bundle culprit(Thread thread, Throwable failure) {
    Collection<Bundle> candidates = plugins.get();
    for (Throwable t = failure; t != null; t = t.getCause() == t ? null : t.getCause()) {
      for (StackTraceElement frame : t.getStackTrace()) {
        for (Bundle bundle : candidates) {
          if (bundle.getEntry(frame.getClassName().replace('.', '/') + ".class") != null) {
            return bundle;
          }
        }
      }
    }
    // Classes in a jar within the jar have no entry of their own.
    for (Bundle bundle : candidates) {
      BundleWiring wiring = bundle.adapt(BundleWiring.class);
      ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
      if (loader != null
          && (loader.equals(thread.getClass().getClassLoader())
              || loader.equals(thread.getContextClassLoader()))) {
        return bundle;
      }
    }
    return null;
  }

  @Override
  public void close() {
    // Whoever came later and chained to this one keeps its place; this one goes on passing on.
    if (Thread.getDefaultUncaughtExceptionHandler() == this) {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
