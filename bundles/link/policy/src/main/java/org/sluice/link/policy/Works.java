// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.sluice.ops.api.Backlog;
import org.sluice.sys.Errno;
import org.sluice.sys.NetlinkAck;

/** Carries plans out, and tells what became of each step. For one thread. */
final class Works {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.policy");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.link.policy.audit");
  private static final int LOGGED_FAILURES = 20;
  private static final int AUDITED_STEPS = 16;

  /** The event of the stream. */
  static final String CHANGE = "change";

  private static final int STREAMED = 2000;

  private final Tally tally;
  private final Thefts thefts;
  private final Backlog changes = new Backlog(STREAMED);

  Works(Tally tally, Thefts thefts) {
    this.tally = tally;
    this.thefts = thefts;
  }

  /**
   * What became of a plan.
   *
   * @param there all that carries the mark now
   * @param failures by what could not be done
   * @param healed how many steps put back what had been in force
   */
  record Outcome(Set<Owned> there, Map<Owned, Failure> failures, int healed) {}

  /**
   * @param inForce what was in force after the last look
   * @param known failures that were told before
   */
  Outcome carryOut(
      Outlook outlook, Routing kernel, int owner, Set<Owned> inForce, Map<Owned, Failure> known)
      throws IOException {
    Course course = new Course(outlook, inForce, known);
    List<Step> steps = outlook.plan().steps();
    if (!steps.isEmpty()) {
      course.follow(steps, send(kernel, steps, owner));
      if (!course.doubtful.isEmpty()) {
        Set<Owned> ours = new HashSet<>();
        kernel.owned(owner, ours);
        course.settle(ours);
      }
      audit(steps, course.failures.size(), course.healed, course.names);
    }
    return new Outcome(course.there, course.failures, course.healed);
  }

  /** Takes everything away that carries a mark. */
  void removeAll(Routing kernel, int owner) throws IOException {
    Set<Owned> ours = new LinkedHashSet<>();
    kernel.owned(owner, ours);
    List<Step> steps = Plan.between(List.of(), ours).steps();
    if (steps.isEmpty()) {
      return;
    }
    IntFunction<String> names = index -> "if" + index;
    List<NetlinkAck> answers = send(kernel, steps, owner);
    int failed = 0;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!answers.get(i).done() && !goneAlready(step, answers.get(i))) {
        failed++;
        String what = step.subject().text(names);
        String problem = Failure.of(step, "", what, answers.get(i), "the policy").text();
        LOG.log(System.Logger.Level.WARNING, problem);
        changes.add(CHANGE, Change.refused(step, "", what, problem));
      } else {
        changes.add(CHANGE, Change.done(step, "", step.subject().text(names), false));
      }
    }
    audit(steps, failed, 0, names);
  }

  /** Each step that was taken or refused; any thread may read. */
  Backlog changes() {
    return changes;
  }

  private List<NetlinkAck> send(Routing kernel, List<Step> steps, int owner) throws IOException {
    long calls = kernel.calls();
    try {
      return kernel.apply(steps, owner);
    } finally {
      tally.batches.increment();
      tally.messages.add(steps.size());
      tally.sends.add(kernel.calls() - calls);
    }
  }

  private static boolean goneAlready(Step step, NetlinkAck answer) {
    return step.action() == Step.Action.REMOVE
        && switch (Errno.of(answer.errno())) {
          case ENOENT, ESRCH, ENODEV -> true;
          default -> false;
        };
  }

  /** One act for a plan, with as much of it as can be read. */
  private static void audit(List<Step> steps, int failed, int healed, IntFunction<String> names) {
    String what =
        steps.stream()
            .limit(AUDITED_STEPS)
            .map(step -> step.action().word() + " " + step.subject().text(names))
            .collect(Collectors.joining("; "));
    AUDIT.log(
        System.Logger.Level.INFO,
        "routing-changed actor=policy subject=\"{0}\" outcome={1} steps={2} failed={3} healed={4}",
        steps.size() > AUDITED_STEPS ? what + "; …" : what,
        failed == 0 ? "done" : "failed",
        Integer.toString(steps.size()),
        Integer.toString(failed),
        Integer.toString(healed));
  }

  /** One plan on its way. */
  private final class Course {
    private final IntFunction<String> names;
    private final Set<Owned> inForce;
    private final Map<Owned, Failure> known;
    private final Set<Owned> there;
    private final Map<Owned, Failure> failures = new LinkedHashMap<>();
    private final List<Step> doubtful = new ArrayList<>();
    private final Map<Owned, Lane> lanes = new HashMap<>();
    private int healed;

    Course(Outlook outlook, Set<Owned> inForce, Map<Owned, Failure> known) {
      this.names = outlook.scene().names();
      this.inForce = inForce;
      this.known = known;
      this.there = new LinkedHashSet<>(outlook.actual().owned());
      for (Lane lane : outlook.desired().lanes()) {
        lane.routes().forEach(route -> lanes.put(route, lane));
        lane.rules().forEach(rule -> lanes.put(rule, lane));
      }
    }

    void follow(List<Step> steps, List<NetlinkAck> answers) {
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        NetlinkAck answer = answers.get(i);
        if (answer.done() || goneAlready(step, answer)) {
          done(step);
        } else if (Errno.of(answer.errno()) == Errno.EEXIST) {
          doubtful.add(step);
        } else {
          String what = step.subject().text(names);
          failed(Failure.of(step, link(step.subject()), what, answer, file(step.subject())));
        }
      }
    }

    private void done(Step step) {
      Owned subject = step.subject();
      boolean heals = step.action() != Step.Action.REMOVE && inForce.contains(subject);
      changes.add(CHANGE, Change.done(step, link(subject), subject.text(names), heals));
      if (step.action() == Step.Action.REMOVE) {
        there.remove(subject);
        return;
      }
      if (step.action() == Step.Action.REPLACE && subject instanceof OwnedRoute route) {
        there.removeIf(o -> o instanceof OwnedRoute old && old.place().equals(route.place()));
      }
      there.add(subject);
      if (heals) {
        thefts.healed(link(subject), subject, subject.text(names));
        tally.heals.increment();
        healed++;
      } else {
        thefts.forget(subject);
      }
    }

    /** What is there already is either ours, since a moment ago, or in our way. */
    void settle(Set<Owned> ours) {
      for (Step step : doubtful) {
        Owned subject = step.subject();
        if (ours.contains(subject)) {
          there.add(subject);
        } else {
          failed(Failure.contested(step, link(subject), subject.text(names), file(subject)));
        }
      }
    }

    private void failed(Failure failure) {
      tally.failures.increment();
      Owned subject = failure.step().subject();
      Failure before = known.get(subject);
      boolean told = before != null && before.errno() == failure.errno();
      if (!told && failures.size() < LOGGED_FAILURES) {
        LOG.log(System.Logger.Level.WARNING, failure.text() + " — " + failure.remedy());
      }
      if (!told) {
        changes.add(
            CHANGE,
            Change.refused(failure.step(), failure.link(), subject.text(names), failure.text()));
      }
      failures.put(subject, failure);
    }

    private String link(Owned subject) {
      return lane(subject).map(lane -> lane.link().name()).orElse("");
    }

    private String file(Owned subject) {
      return lane(subject).map(lane -> lane.spec().file()).orElse("the policy");
    }

    private Optional<Lane> lane(Owned subject) {
      return Optional.ofNullable(lanes.get(subject));
    }
  }
}
