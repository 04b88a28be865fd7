// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Asks all services of a type at once, each on a thread of its own, so that one that hangs harms
 * nobody else. One that still hangs is not asked again.
 */
final class Asking<S> implements AutoCloseable {
  private final BundleContext context;
  private final Class<S> type;
  private final ExecutorService threads;

  /** Those that have not answered yet, with when they were asked. */
  private final Map<ServiceReference<S>, Long> busy = new ConcurrentHashMap<>();

  /**
   * @param role the last part of the threads' name
   */
  Asking(BundleContext context, Class<S> type, String role) {
    this.context = context;
    this.type = type;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "host.config/" + role);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What came of one question.
   *
   * @param nanos how long it has been waited for, also by earlier rounds; 0 when it is there
   */
  record Answer<R>(String asked, @Nullable R value, @Nullable Throwable thrown, long nanos) {
    /** Neither answered nor failed in time. */
    boolean late() {
      return value == null && thrown == null;
    }
  }

  /** Questions under way. */
  final class Round<R> {
    private final List<String> asked = new ArrayList<>();
    private final List<AtomicReference<@Nullable Answer<R>>> answers = new ArrayList<>();
    private final List<CountDownLatch> done = new ArrayList<>();
    private final List<Long> since = new ArrayList<>();

    private void ask(ServiceReference<S> reference, Function<S, R> question) {
      String name = reference.getBundle() + " " + type.getSimpleName();
      CountDownLatch finished = new CountDownLatch(1);
      AtomicReference<@Nullable Answer<R>> answer = new AtomicReference<>();
      asked.add(name);
      answers.add(answer);
      done.add(finished);
      Long before = busy.putIfAbsent(reference, System.nanoTime());
      since.add(before == null ? System.nanoTime() : before);
      if (before != null) {
        return;
      }
      threads.execute(
          () -> {
            try {
              S service = context.getService(reference);
              if (service != null) {
                answer.set(new Answer<>(name, question.apply(service), null, 0));
                context.ungetService(reference);
              } else {
                // It went away: nothing to ask.
                answer.set(new Answer<>("", null, new IllegalStateException("gone"), 0));
              }
            } catch (Throwable thrown) {
              // Also errors, such as a class that is missing: the asked one is at fault, not we.
              answer.set(new Answer<>(name, null, thrown, 0));
            } finally {
              busy.remove(reference);
              finished.countDown();
            }
          });
    }

    /** What was answered within the time, counted from now; interrupted: what was so far. */
    List<Answer<R>> within(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      List<Answer<R>> all = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        try {
          boolean in =
              done.get(i).await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
          Answer<R> answer = in ? answers.get(i).get() : null;
          all.add(
              answer == null
                  ? new Answer<>(asked.get(i), null, null, System.nanoTime() - since.get(i))
                  : answer);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return all;
        }
      }
      all.removeIf(a -> a.asked().isEmpty());
      return all;
    }
  }

  /** Starts asking and does not wait. */
  <R> Round<R> ask(Function<S, R> question) {
    Round<R> round = new Round<>();
    try {
      context.getServiceReferences(type, null).forEach(r -> round.ask(r, question));
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("no filter was given", e);
    }
    return round;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      // A service that ignores the interrupt keeps its daemon thread; it is not ours to wait for.
      threads.awaitTermination(500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
