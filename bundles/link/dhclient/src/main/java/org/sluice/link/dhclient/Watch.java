// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState.Condition;

/**
 * The thread that looks: when the hook or a lease file has news, when a dhclient has ended, and
 * from time to time for new ones.
 */
final class Watch {
  private static final Set<Fact.Kind> KINDS = Set.of(Fact.Kind.LEASE, Fact.Kind.MANAGEMENT);

  private static final System.Logger LOG = System.getLogger("org.sluice.link.dhclient");

  /** A dhclient that begins says so by its hook; only without that it is found by looking. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** How soon the end of a dhclient is noticed. */
  private static final Duration PULSE = Duration.ofSeconds(1);

  private final LinkSink sink;
  private final Tally tally;
  private final HookFolder hook;
  private final LeaseFiles files;
  private final Processes processes;
  private final Judgement judgement = new Judgement(new KernelLinks());
  private final FolderWatch folders = new FolderWatch();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "link.dhclient/watch");
  private final Map<Fact.Key, Fact> told = new LinkedHashMap<>();
  private boolean begun;
  private boolean absent;

  Watch(LinkSink sink, Tally tally, HookFolder hook, LeaseFiles files, Processes processes) {
    this.sink = sink;
    this.tally = tally;
    this.hook = hook;
    this.files = files;
    this.processes = processes;
  }

  void start() {
    thread.start();
  }

  /** Returns when the thread has ended. */
  void stop() {
    stopped.countDown();
    folders.close();
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Leaving now would leave the thread behind.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (stopped.getCount() > 0) {
        try {
          watch();
        } catch (SinkRevokedException | ClosedWatchServiceException e) {
          throw e;
        } catch (IOException | RuntimeException e) {
          failed(e);
        }
      }
    } catch (SinkRevokedException | ClosedWatchServiceException e) {
      LOG.log(System.Logger.Level.DEBUG, "the watch ends: " + e.getMessage());
    } catch (InterruptedException e) {
      // Nobody but the owner ends this thread, and it does so by stop().
      LOG.log(System.Logger.Level.DEBUG, "interrupted while waiting");
    }
  }

  private void failed(Exception e) throws InterruptedException {
    if (stopped.getCount() == 0) {
      return;
    }
    tally.failed(e.getMessage() == null ? e.toString() : e.getMessage());
    LOG.log(System.Logger.Level.ERROR, "looking after dhclient failed, trying again in 1 s", e);
    sink.condition(Condition.FAILING, tally.failure());
    stopped.await(PULSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void watch() throws IOException, InterruptedException {
    Processes.Sight sight = processes.look();
    Instant round = Instant.now().plus(ROUND);
    boolean anew = true;
    while (stopped.getCount() > 0) {
      Instant now = Instant.now();
      var evidence =
          new Evidence(
              sight.whole(), sight.clients(), hook.look(), files.look(sight.clients(), now));
      if (folders.over(watched())) {
        continue;
      }
      Verdict verdict = judgement.judge(evidence, now);
      tell(verdict, anew);
      note(evidence, verdict, now);
      boolean news = folders.await(pause(verdict, sight, round), this::concerns);
      now = Instant.now();
      // Time that jumped back must not keep us from looking.
      anew = !now.isBefore(round) || now.plus(ROUND).isBefore(round);
      if (news || anew || sight.clients().stream().anyMatch(client -> !processes.runs(client))) {
        sight = processes.look();
      }
      if (anew) {
        round = now.plus(ROUND);
      }
    }
  }

  private Set<Path> watched() {
    Set<Path> all = new HashSet<>(files.folders());
    all.add(hook.path());
    all.add(hook.watched());
    return all;
  }

  private boolean concerns(Path folder, String name) {
    return hook.concerns(folder, name) || files.concerns(folder, name);
  }

  private Duration pause(Verdict verdict, Processes.Sight sight, Instant round) {
    Instant now = Instant.now();
    Duration pause = Duration.between(now, round);
    if (verdict.next() != null) {
      pause = shorter(pause, Duration.between(now, verdict.next()).plusMillis(1));
    }
    if (files.doubtful()) {
      pause = shorter(pause, LeaseFile.MOMENT);
    }
    if (!sight.clients().isEmpty()) {
      pause = shorter(pause, PULSE);
    }
    return pause.isNegative() ? Duration.ZERO : shorter(pause, ROUND);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void tell(Verdict verdict, boolean anew) {
    Map<Fact.Key, Fact> now = new LinkedHashMap<>();
    verdict.facts().forEach(fact -> now.put(fact.key(), fact));
    boolean none = now.isEmpty();
    boolean failing = !verdict.lost().isEmpty();
    if (!none && (!begun || (anew && !failing))) {
      // All of it from time to time: with a link that went the table forgets what is told of it.
      sink.present(KINDS, now.values());
      absent = false;
    } else {
      if (absent && !none) {
        sink.condition(Condition.LIVE, "");
        absent = false;
      }
      differences(now);
    }
    begun = true;
    told.clear();
    told.putAll(now);
    if (none && !absent) {
      sink.condition(Condition.ABSENT, "no dhclient runs here that looks after a link");
      absent = true;
    } else if (failing) {
      sink.condition(Condition.FAILING, String.join("; ", verdict.lost()));
    } else if (!none) {
      sink.condition(Condition.LIVE, "");
    }
  }

  private void differences(Map<Fact.Key, Fact> now) {
    for (Fact old : List.copyOf(told.values()).reversed()) {
      if (!now.containsKey(old.key())) {
        sink.remove(old.key());
      }
    }
    Map<Fact.Key, Fact> before = new HashMap<>(told);
    for (Fact fact : now.values()) {
      if (!fact.equals(before.get(fact.key()))) {
        sink.put(fact);
      }
    }
  }

  private void note(Evidence evidence, Verdict verdict, Instant now) {
    Set<String> problems = new HashSet<>(files.problems());
    if (!hook.problem().isEmpty()) {
      problems.add(hook.problem());
    }
    if (!folders.trouble().isEmpty()) {
      problems.add(folders.trouble());
    }
    int leases = (int) verdict.facts().stream().filter(f -> f.kind() == Fact.Kind.LEASE).count();
    tally.found(
        new Tally.Findings(
            now,
            evidence.clients().size(),
            leases,
            evidence.hooks().size(),
            evidence.whole(),
            problems));
  }
}
