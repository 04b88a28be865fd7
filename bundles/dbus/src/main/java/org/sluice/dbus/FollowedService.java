// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally.Standing.Way;

/**
 * One service of a bus, followed through its own restarts and those of the bus.
 *
 * <p><b>Order.</b> As soon as signals are complete it is read, and then {@link Following#took};
 * from there on each signal is told. It is read again when its name has another owner, when the
 * connection is a new one, when signals were dropped. While an answer is awaited, all reasons to
 * read again amount to one more read after it.
 *
 * <ul>
 *   <li>Nobody owns its name from the start: {@link Following#absent}.
 *   <li>Nobody owns it any more: {@link Following#failing}; {@code absent} after {@link #GRACE},
 *       unless it is taken before. So a service that is restarted causes no storm.
 *   <li>The bus was never reached: {@code absent}.
 *   <li>The bus was there and went: {@code failing} until it is back, however long that takes, for
 *       the service may be alive without it.
 *   <li>It cannot be read: {@code failing}, and again after {@link #RETRY}.
 * </ul>
 *
 * <p>Whether the name is owned is told by the bus and, when it is read, by the answer; both count.
 *
 * <p><b>Threads.</b> Every method of {@link Following} is called under one lock, which {@link #run}
 * takes as well: on the thread of the bus, {@code dbus/<user>}, or on the clock of this object,
 * {@code dbus/<user>-clock}, never on that of whoever calls {@link #follow}. A future of the bus
 * that the follower asked for by himself completes on the thread of the bus without the lock; he
 * continues with {@code run}.
 *
 * <p><b>Failure.</b> What a method of {@link Following} throws ends that call and is handed to
 * {@link Following#survives}, which says whether to go on.
 *
 * @param <T> everything that is read of the service at once
 */
public final class FollowedService<T> implements AutoCloseable {

  /** How long a service that left may take to come back. */
  public static final Duration GRACE = Duration.ofSeconds(10);

  /** After which time a service that cannot be read is read again. */
  public static final Duration RETRY = Duration.ofSeconds(5);

  private final String user;
  private final String title;
  private final SignalRule rule;
  private final String name;
  private final ServiceTally tally;
  private final Following<T> follower;
  private final Duration grace;
  private final Duration retry;
  private final ScheduledThreadPoolExecutor clock;
  private final Object lock = new Object();
  private volatile @Nullable Thread clockThread;

  // All below is guarded by the lock.
  private @Nullable Bus bus;
  private @Nullable Future<?> withdrawal;

  /** Whether signals are complete: only then is there a point in asking for everything. */
  private boolean listening;

  private boolean everListened;
  private boolean present;

  /** What is kept may be wrong by now, and nobody can be asked. */
  private boolean outOfTouch;

  private boolean reading;
  private boolean readAgain;
  private boolean closed;

  /**
   * @param user names the threads; usually his bundle
   * @param title of the service, for messages
   * @param name on the bus, well known
   * @param rule which signals are told; they come from the owner of the name
   * @param tally what is counted here is counted into it
   */
  public FollowedService(
      String user,
      String title,
      String name,
      SignalRule rule,
      ServiceTally tally,
      Following<T> follower) {
    this(user, title, name, rule, tally, follower, GRACE, RETRY);
  }

  FollowedService(
      String user,
      String title,
      String name,
      SignalRule rule,
      ServiceTally tally,
      Following<T> follower,
      Duration grace,
      Duration retry) {
    this.user = user;
    this.title = title;
    this.name = Names.checkWellKnown(name);
    this.rule = rule;
    this.tally = tally;
    this.follower = follower;
    this.grace = grace;
    this.retry = retry;
    clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = Thread.ofPlatform().name("dbus/" + user + "-clock").unstarted(task);
              clockThread = thread;
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Begins. Once, and not when it is {@linkplain #leave left alone}. */
  public void follow(Buses buses, BusAddress address) {
    synchronized (lock) {
      Bus opened = buses.open(user, address);
      bus = opened;
      opened.listen(connection(address));
      opened.watch(name, (_, owner) -> run(() -> owned(owner)));
      opened.subscribe(rule, signals());
    }
  }

  /** Does not follow it, and tells {@link Following#absent} once for that reason. */
  public void leave(String why) {
    var _ = later(Duration.ZERO, () -> absent(why));
  }

  /** Whether what was taken last is what the service is like. Under the lock. */
  public boolean inTouch() {
    return present && !outOfTouch;
  }

  /** Whether the service can be asked: signals are complete. Under the lock. */
  public boolean listening() {
    return listening;
  }

  /** There is a reason to read it again that only the follower knows. Under the lock. */
  public void readAnew() {
    read();
  }

  /** Asks the service something else, if there is a bus. It continues under the lock. */
  public void ask(MethodCall call, Answer answer) {
    synchronized (lock) {
      Bus on = bus;
      if (on != null && !closed) {
        tally.asked();
        var _ =
            on.call(call).whenComplete((body, failure) -> run(() -> answer.take(body, failure)));
      }
    }
  }

  /** Takes what was answered. */
  @FunctionalInterface
  public interface Answer {

    /** One of both is null. */
    void take(@Nullable Body answer, @Nullable Throwable failure);
  }

  /** Does something under the lock, on this thread, unless this object is closed. */
  public void run(Runnable task) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        closed = !follower.survives(e);
      }
    }
  }

  /**
   * Does something under the lock, on the thread of the clock.
   *
   * @return by which it can be called off
   */
  public Future<?> later(Duration delay, Runnable task) {
    return clock.schedule(() -> run(task), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How much is to be done later, for tests. */
  int due() {
    return clock.getQueue().size();
  }

  private BusListener connection(BusAddress address) {
    return new BusListener() {
      @Override
      public void connected(String uniqueName) {
        // It is read when signals are complete.
      }

      @Override
      public void disconnected(String why) {
        run(() -> lost("the system bus " + address + " cannot be reached: " + why));
      }
    };
  }

  private SignalListener signals() {
    return new SignalListener() {
      @Override
      public void signal(Signal signal) {
        run(
            () -> {
              tally.heard();
              if (present) {
                follower.signal(signal);
              }
            });
      }

      @Override
      public void readAnew(Gap gap) {
        run(
            () -> {
              listening = true;
              everListened = true;
              read();
            });
      }
    };
  }

  private void lost(String text) {
    listening = false;
    // Nobody can say any more whether it comes back.
    stay();
    if (everListened) {
      failing(text + "; it is tried again");
    } else {
      absent(text + "; it is tried again, until then nobody knows of " + title);
    }
  }

  private void owned(Optional<String> owner) {
    if (!listening) {
      // The first look follows as soon as signals are complete, and tells who is there.
      return;
    }
    if (owner.isPresent()) {
      read();
    } else {
      left();
    }
  }

  /** Nobody owns the name. */
  private void left() {
    String text = title + " does not own " + name + " on the system bus";
    if (!present) {
      absent(text);
      return;
    }
    if (withdrawal == null) {
      withdrawal =
          later(
              grace,
              () -> {
                if (withdrawal != null) {
                  absent(text);
                }
              });
    }
    failing(text + "; what it told stays for " + grace.toSeconds() + " s");
  }

  private void absent(String text) {
    stay();
    present = false;
    outOfTouch = false;
    tally.subjects(0);
    tally.stands(Way.ABSENT, text);
    follower.absent(text);
  }

  private void failing(String text) {
    outOfTouch = true;
    tally.failed();
    tally.stands(Way.FAILING, text);
    follower.failing(text);
  }

  /** Takes back that everything is about to be given up. */
  private void stay() {
    if (withdrawal != null) {
      withdrawal.cancel(false);
      withdrawal = null;
    }
  }

  private void read() {
    Bus on = bus;
    if (on == null) {
      return;
    }
    if (reading) {
      readAgain = true;
      return;
    }
    reading = true;
    readAgain = false;
    tally.asked();
    CompletableFuture<T> answer;
    try {
      answer = follower.read(on);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var _ = answer.whenComplete((all, failure) -> run(() -> answered(all, failure)));
  }

  private void answered(@Nullable T everything, @Nullable Throwable failure) {
    reading = false;
    try {
      if (everything != null) {
        took(everything);
      } else {
        unread(failure);
      }
    } finally {
      if (readAgain) {
        read();
      }
    }
  }

  private void took(T everything) {
    stay();
    boolean afterGap = outOfTouch;
    present = true;
    outOfTouch = false;
    tally.stands(Way.LIVE, "");
    follower.took(everything, afterGap);
  }

  private void unread(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!listening || cause == null) {
      // The bus went, which was told already or is about to be.
      return;
    }
    if (nobody(cause)) {
      left();
      return;
    }
    var _ =
        later(
            retry,
            () -> {
              if (listening) {
                read();
              }
            });
    failing(
        "%s cannot be read: %s%s; tried again in %d s"
            .formatted(title, cause.getMessage(), follower.advice(cause), retry.toSeconds()));
  }

  /** Whether the failure of a call says that nobody owns the name. */
  public static boolean nobody(Throwable failure) {
    return failure instanceof ErrorReplyException reply
        && (reply.name().endsWith(".ServiceUnknown") || reply.name().endsWith(".NameHasNoOwner"));
  }

  /** When it returns nothing is told any more, and the threads have ended. Not under the lock. */
  @Override
  public void close() {
    Bus on;
    synchronized (lock) {
      closed = true;
      on = bus;
    }
    if (on != null) {
      on.close();
    }
    clock.close();
    // The executor has ended a moment before its thread.
    Thread thread = clockThread;
    if (thread != null) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
