// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.Generation.State;

/**
 * Decides what a picture of the folder means for the configuration in force. Only with {@link
 * Guard}'s turn, but for {@link #view}, {@link #fresh}, {@link #check} and {@link #bundlesChanged}.
 */
final class Look {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");

  /** An editor that renames leaves a file gone for a moment. */
  private static final long BELIEVE_GONE = Duration.ofMillis(200).toNanos();

  /** A file that was written a moment ago may still be in the writing. */
  private static final long BELIEVE_BROKEN = Duration.ofMillis(150).toMillis();

  private static final long BELIEVE_BROKEN_AT_LAST = Duration.ofSeconds(1).toNanos();

  private final ConfigFolder folder;
  private final Checker checker;
  private final DomainChecks domains;
  private final GenerationStore store;
  private final Course course;
  private final Tally tally;
  private String stamp = "";
  private Snapshot seen = new Snapshot(Map.of(), List.of(), Map.of(), "");
  private volatile long goneSince;
  private volatile long brokenSince;

  /** Digest of a folder that was tried and taken back; not tried again unless asked. */
  private String refused = "";

  /** Whether the last attempt failed for reasons outside the files. */
  private boolean again;

  private volatile boolean bundlesChanged;
  private volatile View view = View.NONE;

  Look(
      ConfigFolder folder,
      Checker checker,
      DomainChecks domains,
      GenerationStore store,
      Course course,
      Tally tally) {
    this.folder = folder;
    this.checker = checker;
    this.domains = domains;
    this.store = store;
    this.course = course;
    this.tally = tally;
  }

  View view() {
    return view;
  }

  /** Whether the folder is as it was when it was last looked at. */
  boolean fresh() {
    return folder.stamp().equals(view.stamp());
  }

  /** What bundles say of their keys has changed; the next step takes it into account. */
  void bundlesChanged() {
    bundlesChanged = true;
  }

  Duration patience() {
    return goneSince != 0 || brokenSince != 0 ? Duration.ofMillis(40) : course.patience();
  }

  /** The first picture, before the domains start. */
  void begin() throws IOException {
    Stored kept = store.inForce().orElse(Stored.NONE);
    interrupted(kept);
    stamp = folder.stamp();
    seen = folder.read();
    String digest = seen.digest();
    List<Stored> tried =
        store.all().stream()
            .filter(s -> s.number() > kept.number() && s.folder().equals(digest))
            .toList();
    boolean same = kept.number() > 0 && digest.equals(kept.folder());
    if (same || !tried.isEmpty()) {
      adopt(kept);
      if (!tried.isEmpty() && tried.getFirst().generation().state() == State.ROLLED_BACK) {
        refused = digest;
        publish(tried.getFirst().problems());
      } else if (tried.size() > 1) {
        refused = digest;
        publish(
            List.of(
                folderProblem(
                    "the process ended while these files were being tried, more than once",
                    "mend them and save, or try again: config:retry")));
      } else {
        // Interrupted once: it need not be their fault; tried again when all is up.
        again = !tried.isEmpty();
        publish(kept.problems());
      }
      return;
    }
    Checked checked = checked(folder.distrust());
    if (!checked.good()) {
      adopt(kept);
      refuse(checked.problems());
      return;
    }
    Map<Pid, Setting> before = checker.check(kept.files()).settings();
    if (kept.number() > 0 && Setting.changed(before, checked.settings()).isEmpty()) {
      adopt(kept.answering(digest, seen.files()));
      publish(List.of());
      return;
    }
    course.returnTo(kept, before);
    publish(take(checked.settings(), "files", false, false));
  }

  private void interrupted(Stored kept) {
    for (Stored stored : store.all()) {
      if (stored.generation().state() == State.PROBING && stored.number() != kept.number()) {
        try {
          store.write(stored.as(State.INTERRUPTED, List.of()), true);
        } catch (IOException e) {
          LOG.log(WARNING, "an interrupted generation could not be marked: " + e);
        }
      }
    }
  }

  private void adopt(Stored kept) throws IOException {
    Checked checked = checker.check(kept.files());
    course.adopt(kept, checked.settings());
    if (!checked.good()) {
      // The bundles say something else than when it was accepted.
      tell(checked.problems());
    }
  }

  /**
   * @param hinted when the hint was given that led here; 0 when none was
   */
  void step(long hinted, boolean started) {
    List<ConfigProblem> back = course.watch(started);
    if (!back.isEmpty()) {
      refused = course.trying() ? refused : seen.digest();
      again = false;
      publish(back);
    }
    if (hinted != 0 || !course.trying() || goneSince != 0 || brokenSince != 0) {
      look(started);
    }
    view = view(view.problems());
  }

  private void look(boolean started) {
    boolean bundles = bundlesChanged && started;
    String now = folder.stamp();
    if (now.equals(stamp) && !bundles && !again) {
      return;
    }
    Snapshot snapshot = folder.read();
    if (stillThere(snapshot)) {
      return;
    }
    boolean same = snapshot.digest().equals(seen.digest());
    List<ConfigProblem> distrust = folder.distrust();
    boolean trust = distrust.isEmpty() && view.problems().stream().noneMatch(Look::distrusts);
    Snapshot before = seen;
    seen = snapshot;
    stamp = now;
    if (same && trust && !bundles && !again) {
      // Touched, or replaced by the same.
      return;
    }
    bundlesChanged &= !bundles;
    Checked checked = checked(distrust);
    if (!checked.good() && inTheWriting(checked)) {
      seen = before;
      stamp = "";
      return;
    }
    brokenSince = 0;
    judge(checked, same && trust, started);
  }

  private static boolean distrusts(ConfigProblem problem) {
    return problem.text().startsWith("not trusted");
  }

  private void judge(Checked checked, boolean same, boolean started) {
    String digest = seen.digest();
    boolean pinned = course.good().pinned() && digest.equals(course.good().folder());
    if ((pinned && !course.trying()) || (same && digest.equals(refused))) {
      return;
    }
    again = false;
    if (!checked.good()) {
      refuse(checked.problems());
      return;
    }
    DomainChecks.Findings found = domains.check(checked.settings());
    if (!found.problems().isEmpty()) {
      again = found.late();
      refuse(found.problems());
      return;
    }
    refused = "";
    if (seen.files().equals(course.inForce().files())) {
      try {
        course.understand(checked.settings());
        publish(List.of());
      } catch (IOException e) {
        publish(List.of(folderProblem("Config Admin did not take it: " + e, "")));
      }
      return;
    }
    publish(take(checked.settings(), "files", false, started));
  }

  private List<ConfigProblem> take(
      Map<Pid, Setting> settings, String origin, boolean pinned, boolean started) {
    long before = course.inForce().number();
    List<ConfigProblem> problems =
        course.take(seen.files(), settings, origin, seen.digest(), pinned, started);
    if (!problems.isEmpty()) {
      // Without a number of its own it was not even tried: the store could not be written.
      again = course.inForce().number() == before && store.next() == before + 1;
      refused = again ? "" : seen.digest();
    }
    return problems;
  }

  /** Whether a file is gone that was there, and too short a time to believe it. */
  private boolean stillThere(Snapshot snapshot) {
    Set<String> gone = new TreeSet<>(seen.files().keySet());
    gone.removeAll(snapshot.files().keySet());
    snapshot.problems().forEach(p -> gone.remove(p.file()));
    if (gone.isEmpty()) {
      goneSince = 0;
      return false;
    }
    long now = System.nanoTime();
    if (goneSince == 0) {
      goneSince = now;
    }
    if (now - goneSince < BELIEVE_GONE) {
      return true;
    }
    goneSince = 0;
    return false;
  }

  private boolean inTheWriting(Checked checked) {
    long now = System.nanoTime();
    if (brokenSince == 0) {
      brokenSince = now;
    }
    if (now - brokenSince > BELIEVE_BROKEN_AT_LAST) {
      return false;
    }
    long newest = 0;
    for (ConfigProblem problem : checked.problems()) {
      Path file = folder.path().resolve(problem.file());
      try {
        if (problem.error() && Files.isRegularFile(file)) {
          newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
        }
      } catch (IOException e) {
        LOG.log(WARNING, "file cannot be examined file=" + file + " reason=" + e);
      }
    }
    long age = System.currentTimeMillis() - newest;
    return age >= 0 && age < BELIEVE_BROKEN;
  }

  private Checked checked(List<ConfigProblem> distrust) {
    if (!distrust.isEmpty()) {
      return new Checked(Map.of(), distrust);
    }
    Checked checked = checker.check(seen.files());
    List<ConfigProblem> problems = new ArrayList<>(seen.problems());
    problems.addAll(checked.problems());
    return new Checked(checked.settings(), List.copyOf(problems));
  }

  private void refuse(List<ConfigProblem> problems) {
    tally.refused();
    publish(problems.stream().filter(ConfigProblem::error).toList());
  }

  private void publish(List<ConfigProblem> problems) {
    tell(problems);
    view = view(problems);
  }

  private View view(List<ConfigProblem> problems) {
    return new View(course.inForce(), course.trying(), stamp, seen, problems, course.applied());
  }

  /** One record a problem, and none for one that was told before. */
  private void tell(List<ConfigProblem> problems) {
    Set<ConfigProblem> fresh = new LinkedHashSet<>(problems);
    fresh.removeAll(view.problems());
    for (ConfigProblem problem : fresh) {
      LOG.log(
          problem.error() ? ERROR : WARNING,
          "configuration refused, generation %d stays in force: %s"
              .formatted(course.inForce().number(), problem));
    }
    if (problems.isEmpty() && !view.problems().isEmpty()) {
      LOG.log(INFO, "configuration files are good again");
    }
  }

  private ConfigProblem folderProblem(String text, String remedy) {
    return new ConfigProblem(
        ConfigProblem.Severity.ERROR, folder.path() + "/", 0, 0, "", text, remedy);
  }

  /** A bundle was installed that says what its PIDs may contain; it is not started yet. */
  void arrived(String bundle, List<Schema> claimed) {
    Set<String> bases = new TreeSet<>();
    claimed.forEach(s -> bases.add(s.pid()));
    Map<Pid, Setting> settings = new TreeMap<>(course.applied());
    List<ConfigProblem> problems = new ArrayList<>();
    Map<String, String> files = course.inForce().files();
    for (Setting setting : List.copyOf(settings.values())) {
      String file = setting.pid().file();
      String text = files.get(file);
      if (text == null || !bases.contains(setting.pid().base())) {
        continue;
      }
      Checked checked = checker.check(Map.of(file, text));
      Setting understood = checked.settings().get(setting.pid());
      if (understood != null) {
        settings.put(setting.pid(), understood);
      } else if (setting.schemas().isEmpty()) {
        settings.remove(setting.pid());
        problems.addAll(checked.problems());
      }
      // Else another revision of the bundle lives with these values: they are told, and stay.
    }
    try {
      if (problems.isEmpty()) {
        course.understand(settings);
      } else {
        course.withdraw(settings, "withdrawn for " + bundle, seen.digest(), problems);
        publish(problems);
      }
    } catch (IOException e) {
      LOG.log(ERROR, "configuration of a new bundle could not be handed out bundle=" + bundle, e);
    }
  }

  List<ConfigProblem> rollBack(Stored wanted, boolean started) {
    Checked checked = checker.check(wanted.files());
    if (!checked.good()) {
      return checked.problems().stream().filter(ConfigProblem::error).toList();
    }
    List<ConfigProblem> found = domains.check(checked.settings()).problems();
    if (!found.isEmpty()) {
      return found;
    }
    List<ConfigProblem> problems =
        course.take(
            wanted.files(),
            checked.settings(),
            "rollback to " + wanted.number(),
            seen.digest(),
            true,
            started);
    if (problems.isEmpty()) {
      again = false;
      publish(List.of());
    }
    return problems;
  }

  void retry(boolean started) {
    refused = "";
    stamp = folder.stamp();
    seen = folder.read();
    Checked checked = checked(folder.distrust());
    List<ConfigProblem> found =
        checked.good() ? domains.check(checked.settings()).problems() : checked.problems();
    if (!checked.good() || !found.isEmpty()) {
      refuse(found);
    } else {
      publish(take(checked.settings(), "files, tried again", false, started));
    }
  }

  /** As if it were saved; changes nothing. */
  List<ConfigProblem> check(Path fileOrFolder) {
    Map<String, String> files = new TreeMap<>();
    List<ConfigProblem> problems = new ArrayList<>();
    String only = null;
    if (Files.isDirectory(fileOrFolder)) {
      Snapshot snapshot = new ConfigFolder(fileOrFolder).read();
      files.putAll(snapshot.files());
      problems.addAll(snapshot.problems());
    } else {
      only = fileOrFolder.getFileName().toString();
      if (!ConfigFolder.holds(only)) {
        throw new IllegalArgumentException(
            fileOrFolder + " would never be read: its name must be PID" + Pid.SUFFIX);
      }
      files.putAll(folder.read().files());
      files.remove(only);
      try {
        files.put(only, ConfigFolder.text(Files.readAllBytes(fileOrFolder)));
      } catch (IOException e) {
        throw new IllegalArgumentException(fileOrFolder + " cannot be read: " + e, e);
      }
    }
    Checked checked = checker.check(files);
    problems.addAll(checked.problems());
    if (checked.good()) {
      problems.addAll(domains.check(checked.settings()).problems());
    }
    String name = only;
    problems.removeIf(p -> name != null && !p.file().equals(name) && !p.file().endsWith("/"));
    return List.copyOf(problems);
  }
}
