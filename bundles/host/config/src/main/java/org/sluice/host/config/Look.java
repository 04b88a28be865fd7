// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
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
 * Guard}'s turn, but for {@link #view}, {@link #fresh} and {@link #bundlesChanged}.
 */
final class Look {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.config.audit");

  private final ConfigFolder folder;
  private final Checker checker;
  private final DomainChecks domains;
  private final GenerationStore store;
  private final Course course;
  private final Tally tally;
  private final Unsettled unsettled;
  private String stamp = "";
  private Snapshot seen = new Snapshot(Map.of(), List.of(), Map.of(), "");

  /** Digest of a folder that was tried and taken back; not tried again unless asked. */
  private String refused = "";

  /** Whether the last attempt failed for reasons outside the files. */
  private boolean again;

  /** Whether that was the end of the process. */
  private boolean interrupted;

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
    this.unsettled = new Unsettled(folder, System::nanoTime);
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
    return unsettled.waiting() ? Duration.ofMillis(40) : course.patience();
  }

  /** The first picture, before the domains start. */
  void begin() throws IOException {
    Stored kept = store.inForce().orElse(Stored.NONE);
    interrupted(kept);
    stamp = folder.stamp();
    seen = folder.read();
    String digest = seen.digest();
    List<Stored> tried =
        store.after(kept.number()).stream()
            .filter(s -> s.folder().equals(digest))
            .filter(s -> s.generation().state() != State.SUPERSEDED)
            .toList();
    if (kept.number() > 0 && digest.equals(kept.folder())) {
      adopt(kept);
      publish(kept.problems());
      return;
    }
    if (!tried.isEmpty()) {
      adopt(kept);
      triedBefore(tried, digest);
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
    publish(take(checked.settings(), "files", false));
  }

  /**
   * @param tried what became of these very files since the last good generation, newest first; all
   *     were judged or did not live to be
   */
  private void triedBefore(List<Stored> tried, String digest) {
    long times = tried.stream().filter(s -> s.generation().state() == State.INTERRUPTED).count();
    if (tried.getFirst().generation().state() == State.ROLLED_BACK) {
      refused = digest;
      publish(tried.getFirst().problems());
    } else if (times > 1) {
      refused = digest;
      publish(
          List.of(
              folderProblem(
                  "the process ended while these files were being tried, more than once",
                  "mend them and save, or try again: config:retry")));
    } else {
      // Interrupted once: it need not be their fault; tried again when all is up.
      again = true;
      interrupted = true;
      publish(
          List.of(
              new ConfigProblem(
                  ConfigProblem.Severity.WARNING,
                  folder.path() + "/",
                  0,
                  0,
                  "",
                  "the process ended while these files were being tried",
                  "they are tried once more in a few seconds")));
    }
  }

  private void interrupted(Stored kept) {
    for (Stored stored : store.after(kept.number())) {
      if (stored.generation().state() == State.PROBING) {
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
   * @param hinted whether somebody said that there may be something new
   * @param started whether the process is up
   * @param calm whether everything else has been up for a while, so that what brought the process
   *     down can be tried again
   */
  void step(boolean hinted, boolean started, boolean calm) {
    List<ConfigProblem> back = course.watch(started);
    if (!back.isEmpty()) {
      refused = course.trying() ? refused : seen.digest();
      again = false;
      publish(back);
    }
    if (hinted || !course.trying() || unsettled.waiting()) {
      look(started, again && started && (calm || !interrupted));
    }
    view = view(view.problems());
  }

  private void look(boolean started, boolean retry) {
    boolean bundles = bundlesChanged && started;
    long begun = System.nanoTime();
    String now = folder.stamp();
    if (now.equals(stamp) && !bundles && !retry) {
      unsettled.calm();
      return;
    }
    Snapshot snapshot = folder.read();
    if (unsettled.gone(seen, snapshot, begun)) {
      return;
    }
    boolean same = snapshot.digest().equals(seen.digest());
    List<ConfigProblem> distrust = folder.distrust();
    boolean trust = distrust.isEmpty() && view.problems().stream().noneMatch(Look::distrusts);
    Snapshot before = seen;
    seen = snapshot;
    stamp = now;
    if (same && trust && !retry && (!bundles || interrupted)) {
      // Touched, or replaced by the same; or waiting to be tried again.
      unsettled.calm();
      return;
    }
    bundlesChanged &= !bundles;
    Checked checked = checked(distrust);
    if (unsettled.broken(checked, now, begun)) {
      seen = before;
      stamp = "";
      return;
    }
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
    interrupted = false;
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
    publish(take(checked.settings(), "files", started));
  }

  private List<ConfigProblem> take(Map<Pid, Setting> settings, String origin, boolean started) {
    Course.Taken taken = course.take(seen.files(), settings, origin, seen.digest(), false, started);
    if (!taken.problems().isEmpty()) {
      again = !taken.tried();
      refused = taken.tried() ? seen.digest() : "";
    }
    return taken.problems();
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
      if (problem.error()) {
        AUDIT.log(
            INFO,
            "config-refused actor=files subject=\"{0}\" outcome={1} why=\"{2}\"",
            problem.file(),
            "refused",
            problem.toString().replace("\"", "\\\""));
      }
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
    Map<String, String> files = new TreeMap<>(course.inForce().files());
    List<ConfigProblem> problems = new ArrayList<>();
    for (Setting setting : course.applied().values()) {
      Pid pid = setting.pid();
      String text = files.get(pid.file());
      if (text == null || !bases.contains(pid.base())) {
        continue;
      }
      Checked checked = checker.check(Map.of(pid.file(), text));
      Setting understood = checked.settings().get(pid);
      if (understood != null) {
        settings.put(pid, understood);
      } else if (setting.schemas().isEmpty()) {
        problems.addAll(checked.problems());
        withdraw(pid, settings, files);
      }
      // Else another revision of the bundle lives with these values: they are told, and stay.
    }
    try {
      if (problems.isEmpty()) {
        course.understand(settings);
      } else {
        course.replace(files, settings, "withdrawn for " + bundle, seen.digest(), problems);
        publish(problems);
      }
    } catch (IOException e) {
      LOG.log(ERROR, "configuration of a new bundle could not be handed out bundle=" + bundle, e);
    }
  }

  /** Puts the latest valid text of a file in the place of one that turned out invalid. */
  private void withdraw(Pid pid, Map<Pid, Setting> settings, Map<String, String> files) {
    settings.remove(pid);
    files.remove(pid.file());
    for (Stored stored : store.all()) {
      String text = stored.files().get(pid.file());
      if (text != null && stored.generation().state() == State.COMMITTED) {
        Setting setting = checker.check(Map.of(pid.file(), text)).settings().get(pid);
        if (setting != null) {
          settings.put(pid, setting);
          files.put(pid.file(), text);
          return;
        }
      }
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
        course
            .take(
                wanted.files(),
                checked.settings(),
                "rollback to " + wanted.number(),
                seen.digest(),
                true,
                started)
            .problems();
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
      publish(take(checked.settings(), "files, tried again", started));
    }
  }
}
