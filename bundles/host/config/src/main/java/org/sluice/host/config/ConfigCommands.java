// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.ConfigChange;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.ConfigStatus;
import org.sluice.host.api.Generation;
import org.sluice.host.api.Outcome;
import org.sluice.host.api.Spelling;

/** The scope {@code config} of the shell. */
@Component(
    service = ConfigCommands.class,
    property = {
      CommandProcessor.COMMAND_SCOPE + "=config",
      CommandProcessor.COMMAND_FUNCTION + "=check",
      CommandProcessor.COMMAND_FUNCTION + "=status",
      CommandProcessor.COMMAND_FUNCTION + "=log",
      CommandProcessor.COMMAND_FUNCTION + "=diff",
      CommandProcessor.COMMAND_FUNCTION + "=rollback",
      CommandProcessor.COMMAND_FUNCTION + "=retry",
      CommandProcessor.COMMAND_FUNCTION + "=show",
      CommandProcessor.COMMAND_FUNCTION + "=describe",
      // Not check: it reads a file for the caller, with the rights of the process.
      Commands.READS + "=status",
      Commands.READS + "=log",
      Commands.READS + "=diff",
      Commands.READS + "=show",
      Commands.READS + "=describe"
    })
public final class ConfigCommands {
  private final Guard guard;
  private final Path home;

  @Activate
  public ConfigCommands(BundleContext context, @Reference Guard guard) {
    this.guard = guard;
    this.home = Path.of(context.getProperty("sluice.home"));
  }

  @Descriptor("Checks the configuration files as they are; changes nothing.\nExample: config:check")
  public Outcome check() {
    return check(home.resolve("configs").toString());
  }

  @Descriptor(
      "Checks a configuration file, or a folder of them, as if it were saved; changes nothing.\n"
          + "Example: config:check /tmp/org.sluice.host.shell.cfg.json")
  public Outcome check(
      @Descriptor("the file or folder; a relative one is looked for in the home") String path) {
    Path file = home.resolve(path);
    if (!Files.exists(file) && Files.exists(home.resolve("configs").resolve(path))) {
      file = home.resolve("configs").resolve(path);
    }
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(file + " is not there");
    }
    List<ConfigProblem> problems = guard.check(file);
    long errors = problems.stream().filter(ConfigProblem::error).count();
    String text =
        errors == 0
            ? problems.isEmpty() ? "no problems" : "no errors"
            : errors == 1 ? "1 error" : errors + " errors";
    return new Outcome(errors == 0, problems, text);
  }

  @Descriptor(
      "Shows what is in force, each file, and what stands against the files as they are.\n"
          + "Example: config:status")
  public ConfigStatus status() {
    return guard.status();
  }

  @Descriptor("Shows the generations that are kept, newest first.\nExample: config:log")
  public List<Generation> log() {
    return guard.log();
  }

  @Descriptor("Shows what changed from one generation to another.\nExample: config:diff 3 5")
  public List<ConfigChange> diff(
      @Descriptor("number of the earlier generation") long from,
      @Descriptor("number of the later generation") long to) {
    return guard.diff(from, to);
  }

  @Descriptor(
      "Puts an earlier generation in force again; it stays until a file is saved.\n"
          + "Example: config:rollback 3")
  public Generation rollback(@Descriptor("number of the generation, see config:log") long number) {
    return guard.rollback(number);
  }

  @Descriptor(
      "Tries the files again as they are, after a rollback or a refusal.\nExample: config:retry")
  public ConfigStatus retry() {
    return guard.retry();
  }

  @Descriptor("Shows all values in force.\nExample: config:show")
  public List<Value> show() {
    List<Value> values = new ArrayList<>();
    guard.view().applied().keySet().forEach(pid -> values.addAll(show(pid)));
    return values;
  }

  @Descriptor(
      "Shows the values of one PID in force, with the defaults of what is not written.\n"
          + "Example: config:show org.sluice.host.shell")
  public List<Value> show(@Descriptor("the PID, as config:status shows it") String pid) {
    List<Value> values = show(Pid.of(pid));
    if (values.isEmpty()) {
      describe(pid);
    }
    return values;
  }

  private List<Value> show(Pid pid) {
    return Values.of(pid, guard.view(), guard.schemas());
  }

  /**
   * One key in force.
   *
   * @param value as JSON
   * @param source file, line and column; or that it is the default
   */
  public record Value(String pid, String key, String value, String source) {}

  @Descriptor(
      "Describes the keys of a PID: type, default, range, what they do.\n"
          + "Example: config:describe org.sluice.host.shell")
  public List<Key> describe(
      @Descriptor("the PID, or the factory PID of things there are many of") String pid) {
    List<Schema> schemas = guard.schemas().of(Pid.of(pid).base());
    if (schemas.isEmpty()) {
      throw new NoSuchElementException(
          "no bundle describes "
              + pid
              + Spelling.near(pid, guard.schemas().pids(), 1).stream()
                  .findFirst()
                  .map(n -> "; did you mean " + n + "?")
                  .orElse("; see config:describe for all"));
    }
    return schemas.stream().flatMap(s -> s.attributes().stream()).map(Key::of).toList();
  }

  @Descriptor("Lists the PIDs that can be configured, and by which file.\nExample: config:describe")
  public List<Configurable> describe() {
    return guard.schemas().pids().stream()
        .flatMap(p -> guard.schemas().of(p).stream())
        .map(
            s ->
                new Configurable(
                    s.pid(),
                    s.pid() + (s.many() ? "~NAME" : "") + Pid.SUFFIX,
                    s.claimedBy(),
                    s.description().isEmpty() ? s.name() : s.description()))
        .toList();
  }

  /** Something that can be configured. */
  public record Configurable(String pid, String file, String bundle, String description) {}

  /** What may be written under a key. */
  public record Key(String key, String type, String standard, String allowed, String description) {
    private static Key of(Attribute attribute) {
      String standard =
          attribute.defaults() == null && attribute.required()
              ? "required"
              : attribute.defaultWords();
      return new Key(
          attribute.id(),
          attribute.typeWords(),
          standard,
          attribute.allowed(),
          attribute.description());
    }
  }
}
