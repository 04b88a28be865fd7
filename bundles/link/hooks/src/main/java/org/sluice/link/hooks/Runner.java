// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;
import org.sluice.sys.Child;
import org.sluice.sys.Errno;
import org.sluice.sys.Program;
import org.sluice.sys.SysException;
import org.sluice.sys.Trust;

/** Runs one hook, and sees to it that it ends. Any platform thread may call. */
final class Runner {
  private static final Path ROOT = Path.of("/");
  private static final List<Path> SETPRIV =
      List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));

  /** Between being asked to end and being ended. */
  private static final long GRACE_MILLIS = 1000;

  /** How often to look whether anybody still waits for the end. */
  private static final long LOOK_MILLIS = 500;

  /** Somebody may still be writing the file. */
  private static final int TRIES_WHEN_BUSY = 5;

  private static final long BUSY_MILLIS = 10;

  private final Spawner spawner = new Spawner();
  private final Set<Child> running = new HashSet<>();
  private boolean stopping;

  void start() {
    spawner.start();
  }

  /** How a hook is to be run. */
  record Terms(
      Account account,
      boolean otherUser,
      Set<Capability> capabilities,
      Duration timeout,
      int output) {
    boolean plain() {
      return !otherUser && capabilities.isEmpty();
    }
  }

  /** What was run and how it ended. */
  record Ending(
      Run.Outcome outcome, int exit, double millis, Instant begun, String reason, String output) {
    private static Ending refused(String reason) {
      return new Ending(Run.Outcome.REFUSED, -1, 0, Instant.now(), reason, "");
    }
  }

  Ending run(
      Standing standing,
      List<String> arguments,
      SortedMap<String, String> environment,
      String input,
      Terms terms)
      throws InterruptedException {
    if (!standing.runs()) {
      return Ending.refused(standing.problem());
    }
    Output output = new Output(terms.output());
    long from = System.nanoTime();
    Instant begun = Instant.now();
    Child child;
    try {
      child = start(standing.real(), arguments, environment, input, terms);
    } catch (IOException e) {
      return Ending.refused(words(e, standing.real()));
    }
    Run.Outcome outcome = Run.Outcome.OK;
    String reason = "";
    try (child) {
      enter(child);
      long until = from + terms.timeout().toNanos();
      boolean ended = false;
      while (!ended && System.nanoTime() < until && !Thread.currentThread().isInterrupted()) {
        long left = (until - System.nanoTime() + 999_999) / 1_000_000;
        ended = child.await(Math.clamp(left, 0, LOOK_MILLIS), output::add);
      }
      if (!ended) {
        if (Thread.currentThread().isInterrupted()) {
          outcome = Run.Outcome.STOPPED;
          reason = "who waited for it went away";
        } else {
          outcome = Run.Outcome.TIMEOUT;
          reason = "it took longer than " + terms.timeout().toSeconds() + " s and was ended";
        }
        child.terminate();
        child.await(GRACE_MILLIS, output::add);
      }
    } catch (SysException e) {
      outcome = Run.Outcome.FAILED;
      reason = String.valueOf(e.getMessage());
    } finally {
      leave(child);
    }
    double millis = (System.nanoTime() - from) / 1e6;
    if (outcome == Run.Outcome.OK && child.exit() != 0) {
      outcome = stopping() ? Run.Outcome.STOPPED : Run.Outcome.FAILED;
    }
    return new Ending(outcome, child.exit(), millis, begun, reason, output.text());
  }

  private Child start(
      Path file,
      List<String> arguments,
      SortedMap<String, String> environment,
      String input,
      Terms terms)
      throws IOException, InterruptedException {
    for (int i = 1; ; i++) {
      try {
        if (terms.plain()) {
          return spawner.spawn(new Program(file, arguments, environment, ROOT, input));
        }
        return Child.start(changed(file, arguments, environment, input, terms));
      } catch (SysException e) {
        if (e.errno() != Errno.ETXTBSY || i == TRIES_WHEN_BUSY) {
          throw e;
        }
        Thread.sleep(BUSY_MILLIS);
      }
    }
  }

  /** By way of the tool that changes user and capabilities: this process keeps its own. */
  private static Program changed(
      Path file, List<String> arguments, Map<String, String> environment, String input, Terms terms)
      throws IOException {
    Path tool =
        SETPRIV.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IOException(
                        "another user or a capability takes the program setpriv: install"
                            + " util-linux"));
    Optional<String> problem = Trust.problem(tool);
    if (problem.isPresent()) {
      throw new IOException(problem.get());
    }
    String plus =
        terms.capabilities().stream()
            .map(c -> ",+" + c.name().substring("CAP_".length()).toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining());
    List<String> words = new ArrayList<>();
    if (terms.otherUser()) {
      words.add("--reuid=" + terms.account().number());
      words.add("--regid=" + terms.account().group());
      words.add("--init-groups");
    }
    words.add("--inh-caps=-all" + plus);
    words.add("--ambient-caps=-all" + plus);
    if (Capabilities.current().has(Capability.CAP_SETPCAP)) {
      words.add("--bounding-set=-all" + plus);
    }
    words.add("--no-new-privs");
    words.add("--");
    words.add(file.toString());
    words.addAll(arguments);
    return new Program(tool, words, environment, ROOT, input);
  }

  private static String words(IOException e, Path file) {
    String text = String.valueOf(e.getMessage());
    if (e instanceof SysException refused && refused.errno() == Errno.ENOEXEC) {
      return text + ": " + file + " begins with no interpreter: write #!/bin/sh in its first line";
    }
    return text;
  }

  private void enter(Child child) {
    boolean late;
    synchronized (running) {
      running.add(child);
      late = stopping;
    }
    if (late) {
      child.terminate();
    }
  }

  private void leave(Child child) {
    synchronized (running) {
      running.remove(child);
      running.notifyAll();
    }
  }

  private boolean stopping() {
    synchronized (running) {
      return stopping;
    }
  }

  /** Ends what runs, gently and then not; nothing runs when it returns. */
  void stop() {
    List<Child> left;
    synchronized (running) {
      stopping = true;
      left = List.copyOf(running);
    }
    left.forEach(Child::terminate);
    synchronized (running) {
      long until = System.nanoTime() + GRACE_MILLIS * 1_000_000;
      try {
        while (!running.isEmpty() && System.nanoTime() < until) {
          running.wait(10);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      left = List.copyOf(running);
    }
    left.forEach(Child::kill);
    spawner.stop();
  }
}
