// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Process;
import org.sluice.host.api.Prose;
import org.sluice.host.api.Spelling;

/** What there is and how it is called, made from the {@link Descriptor}s of the commands. */
final class Help {
  private static final String EXAMPLE = "Example:";
  private static final String OPTION = "--help";

  private final Catalogue catalogue;

  Help(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * One command as its author describes it.
   *
   * @param name {@code scope:function}
   * @param usage one line for each way to call it
   * @param text what it does
   * @param parameters what each parameter means
   * @param examples lines to type
   */
  record Entry(
      String name,
      List<String> usage,
      String text,
      Map<String, String> parameters,
      List<String> examples)
      implements Prose {

    /** The first sentence of what it does. */
    String summary() {
      int end = text.indexOf('\n');
      return end < 0 ? text : text.substring(0, end);
    }

    @Override
    public String prose() {
      StringBuilder out = new StringBuilder();
      out.append(text.isEmpty() ? "No description." : text).append("\n\nUsage:\n");
      usage.forEach(u -> out.append("  ").append(u).append('\n'));
      if (!parameters.isEmpty()) {
        out.append("\nWhere:\n");
        int width = parameters.keySet().stream().mapToInt(String::length).max().orElse(0);
        parameters.forEach(
            (name, meaning) ->
                out.append("  ")
                    .append(name)
                    .repeat(" ", width - name.length() + 2)
                    .append(meaning)
                    .append('\n'));
      }
      if (!examples.isEmpty()) {
        out.append(examples.size() == 1 ? "\nExample:\n" : "\nExamples:\n");
        examples.forEach(e -> out.append("  ").append(e).append('\n'));
      }
      return out.toString().stripTrailing();
    }
  }

  /** Several commands, one line each. */
  record Overview(List<Line> commands, String more) implements Prose {
    record Line(String command, String what) {}

    @Override
    public String prose() {
      int width = commands.stream().mapToInt(l -> l.command().length()).max().orElse(0);
      StringBuilder out = new StringBuilder();
      String scope = "";
      for (Line line : commands) {
        String own = line.command().substring(0, line.command().indexOf(':'));
        if (!own.equals(scope) && !scope.isEmpty()) {
          out.append('\n');
        }
        scope = own;
        String what = line.what();
        out.append((Width.padRight(line.command(), width + 2) + what).stripTrailing()).append('\n');
      }
      return out.append('\n').append(more).toString();
    }
  }

  /** The help a line asks for, when that is what it asks for. */
  Optional<Prose> asked(List<String> words) throws Usage {
    String first = words.getFirst();
    if (words.contains(OPTION)) {
      return Optional.of(about(first.equals(OPTION) ? "" : first));
    }
    return first.equals("help") || first.equals("host:help") || first.equals("?")
        ? Optional.of(about(words.size() > 1 ? words.get(1) : ""))
        : Optional.empty();
  }

  /**
   * @param subject a command, a scope, or nothing for everything
   */
  Prose about(String subject) throws Usage {
    if (subject.isEmpty()) {
      return overview("");
    }
    Optional<Catalogue.Command> command = catalogue.find(subject);
    if (command.isPresent()) {
      return entry(command.get());
    }
    String scope = subject.endsWith(":") ? subject.substring(0, subject.length() - 1) : subject;
    if (catalogue.commands().stream().anyMatch(c -> c.scope().equals(scope))) {
      return overview(scope);
    }
    throw unknown(subject);
  }

  private Overview overview(String scope) {
    List<Overview.Line> lines =
        catalogue.commands().stream()
            .filter(c -> scope.isEmpty() || c.scope().equals(scope))
            .map(c -> new Overview.Line(c.name(), entry(c).summary()))
            .toList();
    return new Overview(
        lines,
        "help SCOPE:COMMAND tells more; every command takes --json."
            + (scope.isEmpty() ? "" : " help alone shows every scope."));
  }

  Entry entry(Catalogue.Command command) {
    List<String> usage = new ArrayList<>();
    Map<String, String> parameters = new TreeMap<>();
    List<String> examples = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Method method : catalogue.methods(command)) {
      usage.add(usage(command, method, parameters));
      Descriptor descriptor = method.getAnnotation(Descriptor.class);
      if (descriptor == null) {
        continue;
      }
      for (String line : descriptor.value().lines().map(String::strip).toList()) {
        if (line.startsWith(EXAMPLE)) {
          String example = line.substring(EXAMPLE.length()).strip();
          if (!examples.contains(example)) {
            examples.add(example);
          }
        } else if (text.indexOf(line) < 0) {
          text.append(text.isEmpty() ? "" : "\n").append(line);
        }
      }
    }
    if (usage.isEmpty()) {
      usage.add(command.name());
    }
    return new Entry(command.name(), usage, text.toString().strip(), parameters, examples);
  }

  /** The ways to call it, for somebody who called it wrong. */
  String usage(Catalogue.Command command) {
    Entry entry = entry(command);
    StringBuilder out = new StringBuilder();
    entry.usage().forEach(u -> out.append("usage: ").append(u).append('\n'));
    entry.examples().forEach(e -> out.append("for example: ").append(e).append('\n'));
    return out.toString();
  }

  private static String usage(
      Catalogue.Command command, Method method, Map<String, String> meanings) {
    StringBuilder out = new StringBuilder(command.name());
    for (Parameter parameter : method.getParameters()) {
      if (parameter.getType() == CommandSession.class || parameter.getType() == Process.class) {
        continue;
      }
      String name = name(parameter);
      Descriptor meaning = parameter.getAnnotation(Descriptor.class);
      org.apache.felix.service.command.Parameter option = option(parameter);
      if (option != null) {
        String label = String.join("|", option.names());
        boolean flag = !option.presentValue().equals(UNSPECIFIED);
        out.append(" [").append(label).append(flag ? "]" : " " + name + "]");
        meanings.put(label, meaning == null ? "" : meaning.value());
      } else {
        boolean several =
            parameter.getType().isArray() || List.class.isAssignableFrom(parameter.getType());
        out.append(several ? " [" + name + " …]" : " " + name);
        if (meaning != null) {
          meanings.put(name, meaning.value());
        }
      }
    }
    return out.toString();
  }

  private static final String UNSPECIFIED = org.apache.felix.service.command.Parameter.UNSPECIFIED;

  private static org.apache.felix.service.command.@org.jspecify.annotations.Nullable Parameter
      option(Parameter parameter) {
    for (Annotation annotation : parameter.getAnnotations()) {
      if (annotation instanceof org.apache.felix.service.command.Parameter option) {
        return option;
      }
    }
    return null;
  }

  /** Compiled with -parameters or not, a placeholder in capitals. */
  private static String name(Parameter parameter) {
    return parameter.isNamePresent()
        ? parameter.getName().toUpperCase(java.util.Locale.ROOT)
        : parameter.getType().getSimpleName().toUpperCase(java.util.Locale.ROOT).replace("[]", "");
  }

  /** That there is no such thing, and what is near. */
  Usage unknown(String name) {
    List<Catalogue.Command> commands = List.copyOf(catalogue.commands());
    List<String> same =
        commands.stream()
            .filter(c -> c.function().equalsIgnoreCase(name))
            .map(Catalogue.Command::name)
            .toList();
    if (same.size() > 1) {
      return new Usage(name + " is ambiguous: " + String.join(", ", same));
    }
    int colon = name.indexOf(':');
    List<String> scopes = commands.stream().map(Catalogue.Command::scope).distinct().toList();
    if (colon > 0 && !scopes.contains(name.substring(0, colon))) {
      String near =
          Spelling.question(name, commands.stream().map(Catalogue.Command::name).toList());
      return new Usage(
          "there is no scope "
              + name.substring(0, colon)
              + (near.isEmpty() ? "; there are " + String.join(", ", scopes) : near));
    }
    String near =
        Spelling.question(
            name, commands.stream().map(c -> colon < 0 ? c.function() : c.name()).toList());
    return new Usage("there is no command " + name + (near.isEmpty() ? "; try help" : near));
  }
}
