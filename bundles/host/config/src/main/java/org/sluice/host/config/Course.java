// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.Generation;
import org.sluice.host.api.Generation.State;
import org.sluice.json.JsonValue;

/**
 * The course of the configuration: the generation that proved good, what Config Admin holds now,
 * and the generation being tried, if any. A generation is written down before it is applied, and
 * becomes the one to return to only when its probation is over.
 *
 * <p>Not for several threads at once: {@link Guard} sees to that.
 */
final class Course {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.config.audit");

  private final GenerationStore store;
  private final Applier applier;
  private final Delivery delivery;
  private final Function<List<Pid>, Probation> probations;
  private final Tally tally;
  private final BooleanSupplier ending;
  private Stored good = Stored.NONE;
  private Map<Pid, Setting> goodSettings = Map.of();
  private Map<Pid, Setting> applied = Map.of();
  private @Nullable Trial trial;

  private static final class Trial {
    private Stored stored;
    private final Probation probation;
    private final Map<Pid, Setting> before;

    /** When the probation is over; 0 before it has begun. */
    private long end;

    private Trial(Stored stored, Probation probation, Map<Pid, Setting> before) {
      this.stored = stored;
      this.probation = probation;
      this.before = before;
    }
  }

  /**
   * @param ending whether the process is about to end
   */
  Course(
      GenerationStore store,
      Applier applier,
      Delivery delivery,
      Function<List<Pid>, Probation> probations,
      Tally tally,
      BooleanSupplier ending) {
    this.store = store;
    this.applier = applier;
    this.delivery = delivery;
    this.probations = probations;
    this.tally = tally;
    this.ending = ending;
  }

  /** The generation to return to. */
  Stored good() {
    return good;
  }

  /** What Config Admin holds: the generation being tried, or the good one. */
  Stored inForce() {
    return trial == null ? good : trial.stored;
  }

  Map<Pid, Setting> applied() {
    return applied;
  }

  boolean trying() {
    return trial != null;
  }

  /** Puts a generation in force that has proved itself in an earlier life of the process. */
  void adopt(Stored kept, Map<Pid, Setting> settings) throws IOException {
    Map<Pid, Setting> left =
        settings.entrySet().stream()
            .filter(e -> applier.holds(e.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    applier.apply(left, settings);
    // What this bundle's life before left is there, but not known to be the same.
    applier.apply(Map.of(), left);
    good = kept;
    goodSettings = settings;
    applied = settings;
    if (kept.number() > 0) {
      LOG.log(INFO, "last good configuration in force generation=" + kept.number());
    }
  }

  /** Says what to return to, without putting it in force. */
  void returnTo(Stored kept, Map<Pid, Setting> settings) {
    good = kept;
    goodSettings = settings;
  }

  /**
   * The same generation, understood otherwise because bundles came or went: hands out the values as
   * they are understood now.
   */
  void understand(Map<Pid, Setting> settings) throws IOException {
    applier.apply(applied, settings);
    applied = settings;
    if (trial == null) {
      goodSettings = settings;
    }
  }

  /**
   * What came of a generation.
   *
   * @param tried whether it was applied, for however short a time
   */
  record Taken(List<ConfigProblem> problems, boolean tried) {
    private static final Taken WELL = new Taken(List.of(), true);
  }

  /**
   * Tries a generation: in force when this returns without problems, for good when its probation is
   * over.
   *
   * @param digest of the folder it answers
   * @param pinned whether it stays although the files say something else
   * @param started whether the process is up; else the probation begins when it is
   * @return why it was not, or no longer is, in force
   */
  Taken take(
      Map<String, String> files,
      Map<Pid, Setting> settings,
      String origin,
      String digest,
      boolean pinned,
      boolean started) {
    List<Pid> changed = Setting.changed(applied, settings);
    if (changed.isEmpty()) {
      if (trial == null) {
        good = good.answering(digest, files);
      } else {
        trial.stored = trial.stored.answering(digest, files);
        note(trial.stored);
        applied = settings;
      }
      return Taken.WELL;
    }
    long begin = System.nanoTime();
    Stored stored =
        new Stored(
            new Generation(
                store.next(),
                Instant.now(),
                State.PROBING,
                origin,
                changed.stream().map(Pid::toString).toList()),
            digest,
            pinned,
            List.of(),
            files);
    try {
      store.write(stored, false);
    } catch (IOException e) {
      return new Taken(List.of(unkept(e)), false);
    }
    supersede();
    Probation probation = probations.apply(changed.stream().filter(settings::containsKey).toList());
    Trial fresh = new Trial(stored, probation, applied);
    trial = fresh;
    List<Failure> failures = apply(settings);
    if (failures.isEmpty() && started) {
      failures = probe(fresh);
    }
    if (counts(failures)) {
      return new Taken(rollBack(fresh, failures), true);
    }
    tally.applied(System.nanoTime() - begin);
    LOG.log(
        INFO,
        "configuration %s generation=%d origin=\"%s\" changed=%s ms=%.1f"
            .formatted(
                started ? "in force" : "handed out, tried when all is up",
                stored.number(),
                origin,
                String.join(",", stored.generation().changed()),
                (System.nanoTime() - begin) / 1e6));
    audit("config-applied", "done", stored);
    return Taken.WELL;
  }

  private List<Failure> apply(Map<Pid, Setting> settings) {
    try {
      Map<Pid, Setting> from = applied;
      applied = settings;
      applier.apply(from, settings);
      return List.of();
    } catch (IOException e) {
      return List.of(untaken(e));
    }
  }

  private List<Failure> delivered() {
    try {
      return delivery.await(ending).map(why -> new Failure(null, why)).stream().toList();
    } catch (IOException e) {
      return List.of(untaken(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(new Failure(null, "the process was stopped while it was applied"));
    }
  }

  private static Failure untaken(IOException e) {
    return new Failure(null, "Config Admin did not take it: " + e);
  }

  /** Begins the probation, when everybody has the new values. */
  private List<Failure> probe(Trial fresh) {
    List<Failure> failures = delivered();
    if (failures.isEmpty()) {
      failures = fresh.probation.first();
    }
    fresh.end = System.nanoTime() + Probation.LENGTH.toNanos();
    return failures;
  }

  private void supersede() {
    if (trial != null) {
      trial.probation.close();
      note(trial.stored.as(State.SUPERSEDED, List.of()));
      trial = null;
    }
  }

  /** How long until {@link #watch} has something to do. */
  Duration patience() {
    return trial == null ? Duration.ofSeconds(2) : Duration.ofMillis(100);
  }

  /**
   * Looks at the generation being tried: commits it when its time is over.
   *
   * @param started whether the process is up
   * @return why it was taken back; empty when it was not
   */
  List<ConfigProblem> watch(boolean started) {
    Trial current = trial;
    if (current == null || !started) {
      return List.of();
    }
    List<Failure> failures;
    if (current.end == 0) {
      failures = probe(current);
    } else {
      boolean last = System.nanoTime() - current.end >= 0;
      failures = current.probation.look(last);
      if (current.probation.over() && failures.isEmpty()) {
        return commit(current);
      }
    }
    return counts(failures) ? rollBack(current, failures) : List.of();
  }

  /**
   * When the process ends everything fails, which says nothing of the generation: it is tried again
   * at the next start. Asked after the failures are known, for the end begins before they do.
   */
  private boolean counts(List<Failure> failures) {
    return !failures.isEmpty() && !ending.getAsBoolean();
  }

  private List<ConfigProblem> commit(Trial current) {
    Stored committed = current.stored.as(State.COMMITTED, List.of());
    try {
      store.commit(committed);
    } catch (IOException e) {
      List<ConfigProblem> problems = new ArrayList<>(rollBack(current, List.of()));
      problems.add(unkept(e));
      return problems;
    }
    current.probation.close();
    trial = null;
    good = committed;
    goodSettings = applied;
    LOG.log(INFO, "configuration kept generation=" + committed.number());
    audit("config-kept", "done", committed);
    return List.of();
  }

  private List<ConfigProblem> rollBack(Trial current, List<Failure> failures) {
    List<ConfigProblem> problems = failures.stream().map(f -> problem(f, current)).toList();
    current.probation.close();
    trial = null;
    List<Failure> trouble = new ArrayList<>(apply(goodSettings));
    trouble.addAll(delivered());
    for (Failure failure : trouble) {
      LOG.log(
          ERROR,
          "rolling back met trouble: " + failure.text() + " generation=" + current.stored.number());
    }
    note(current.stored.as(State.ROLLED_BACK, problems));
    tally.rolledBack();
    LOG.log(
        WARNING,
        "configuration rolled back generation=%d in_force=%d"
            .formatted(current.stored.number(), good.number()));
    audit("config-rolled-back", "failed", current.stored);
    return problems;
  }

  private static void audit(String action, String outcome, Stored stored) {
    Generation generation = stored.generation();
    AUDIT.log(
        INFO,
        action + " actor=\"{0}\" subject=\"{1}\" outcome={2} generation={3}",
        generation.origin(),
        String.join(",", generation.changed()),
        outcome,
        Long.toString(stored.number()));
  }

  /** Points at the first key that the generation changed in the file at fault. */
  private ConfigProblem problem(Failure failure, Trial current) {
    String remedy =
        "rolled back to generation %d; mend the file and save it, or try it again: config:retry"
            .formatted(good.number());
    Pid pid = failure.pid();
    Setting now = pid == null ? null : applied.get(pid);
    if (pid == null || now == null) {
      return new ConfigProblem(
          ConfigProblem.Severity.ERROR, "configs/", 0, 0, "", failure.text(), remedy);
    }
    Setting before = current.before.get(pid);
    for (JsonValue.Member member : now.written()) {
      Object value = now.values().get(member.name());
      Object earlier = before == null ? null : before.values().get(member.name());
      if (value != null && (earlier == null || !ValueReader.same(value, earlier))) {
        return new ConfigProblem(
            ConfigProblem.Severity.ERROR,
            pid.file(),
            member.value().place().line(),
            member.value().place().column(),
            member.name(),
            failure.text(),
            remedy);
      }
    }
    return new ConfigProblem(
        ConfigProblem.Severity.ERROR, pid.file(), 0, 0, "", failure.text(), remedy);
  }

  private static ConfigProblem unkept(IOException e) {
    return new ConfigProblem(
        ConfigProblem.Severity.ERROR,
        "configs/",
        0,
        0,
        "",
        "the change cannot be kept for the next start: " + e,
        "see to it that var/config can be written; it is tried again then");
  }

  /**
   * Puts other files in force at once and for good, in the place of some that turned out invalid
   * before their component started.
   */
  void replace(
      Map<String, String> files,
      Map<Pid, Setting> settings,
      String origin,
      String digest,
      List<ConfigProblem> problems) {
    supersede();
    List<Pid> changed = Setting.changed(applied, settings);
    Stored stored =
        new Stored(
            new Generation(
                store.next(),
                Instant.now(),
                State.COMMITTED,
                origin,
                changed.stream().map(Pid::toString).toList()),
            digest,
            false,
            problems,
            files);
    for (Failure failure : apply(settings)) {
      LOG.log(ERROR, "withdrawing met trouble " + failure.text());
    }
    try {
      store.commit(stored);
    } catch (IOException e) {
      LOG.log(WARNING, "what was withdrawn could not be written down: " + e);
    }
    good = stored;
    goodSettings = settings;
  }

  private void note(Stored stored) {
    try {
      store.write(stored, true);
    } catch (IOException e) {
      LOG.log(
          WARNING,
          "state of a generation could not be written down: %s generation=%d state=%s"
              .formatted(e, stored.number(), stored.generation().state()));
    }
  }

  /** Ends what is under way; a generation being tried is tried again at the next start. */
  void close() {
    supersede();
  }
}
