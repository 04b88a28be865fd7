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
   * @param begun when the service was called; 0 when it was not yet
   * @param nanos how long it has been waited for, also by earlier rounds; 0 when it is there
   */
  record Answer<R>(
      String asked, @Nullable R value, @Nullable Throwable thrown, long begun, long nanos) {
    /** Neither answered nor failed in time. */
    boolean late() {
      return value == null && thrown == null;
    }
  }

  /** What one service is asked. */
  private final class Question<R> {
    private final ServiceReference<S> reference;
    private final Function<S, R> text;
    private final String name;
    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long begun;
    private volatile @Nullable Answer<R> answer;
    private boolean put;
    private long since;

    private Question(ServiceReference<S> reference, Function<S, R> text) {
      this.reference = reference;
      this.text = text;
      this.name = reference.getBundle() + " " + type.getSimpleName();
    }

    /** Unless it is put already, or the service is still busy with another. */
    private void put() {
      if (put) {
        return;
      }
      long now = System.nanoTime();
      Long earlier = busy.putIfAbsent(reference, now);
      since = earlier == null ? now : earlier;
      put = earlier == null;
      if (put) {
        threads.execute(this::answer);
      }
    }

    private void answer() {
      try {
        begun = System.nanoTime();
        called.countDown();
        S service = context.getService(reference);
        if (service != null) {
          answer = new Answer<>(name, text.apply(service), null, begun, 0);
          context.ungetService(reference);
        } else {
          // It went away: nothing to ask.
          answer = new Answer<>("", null, new IllegalStateException("gone"), begun, 0);
        }
      } catch (Throwable thrown) {
        // Also errors, such as a class that is missing: the asked one is at fault, not we.
        answer = new Answer<>(name, null, thrown, begun, 0);
      } finally {
        busy.remove(reference);
        done.countDown();
      }
    }

    private Answer<R> answer(boolean in) {
      Answer<R> given = in ? answer : null;
      if (given != null) {
        return given;
      }
      // An earlier question that is answered by now says nothing of how long this one takes.
      Long asked = put ? Long.valueOf(since) : busy.get(reference);
      long waited = asked != null && asked == since ? System.nanoTime() - since : 0;
      return new Answer<>(name, null, null, begun, waited);
    }
  }

  /** Questions under way. Not for several threads at once. */
  final class Round<R> {
    private final List<Question<R>> questions = new ArrayList<>();

    private void ask(ServiceReference<S> reference, Function<S, R> text) {
      Question<R> question = new Question<>(reference, text);
      questions.add(question);
      question.put();
    }

    /** Asks those that were busy with an earlier round and are not any more. */
    void insist() {
      questions.forEach(Question::put);
    }

    /** Waits until each that was not busy has been called. */
    void called(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      for (Question<R> question : questions) {
        try {
          if (question.put) {
            question.called.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }

    /**
     * What was answered within the time, counted from now; interrupted: what was so far. Those that
     * are busy with an earlier round are not waited for.
     */
    List<Answer<R>> within(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      List<Answer<R>> all = new ArrayList<>();
      for (Question<R> question : questions) {
        try {
          long left = question.put ? Math.max(0, end - System.nanoTime()) : 0;
          all.add(question.answer(question.done.await(left, TimeUnit.NANOSECONDS)));
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
