// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Process;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.sluice.host.api.Completer;

/** What may come next in a line: scopes, commands, their options, and what arguments name. */
final class Completion {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.shell");
  private static final int MOST = 500;

  private final BundleContext context;
  private final Catalogue catalogue;
  private final Help help;

  Completion(BundleContext context, Catalogue catalogue, Help help) {
    this.context = context;
    this.catalogue = catalogue;
    this.help = help;
  }

  /**
   * @param value the whole word; ends with a colon when it is a scope
   */
  record Candidate(String value, String description) {}

  /** For the word that ends at the cursor; a reader sees only what it may call. */
  List<Candidate> candidates(String line, int cursor, Peer.Role role) {
    String before = line.substring(0, Math.clamp(cursor, 0, line.length()));
    // Each part of a pipe, and what is in parentheses, starts with a command of its own.
    int start = 0;
    for (char separator : "|;&({".toCharArray()) {
      start = Math.max(start, before.lastIndexOf(separator) + 1);
    }
    String part = before.substring(start).stripLeading();
    List<String> words = new ArrayList<>(List.of(part.split("\\s+", -1)));
    String word = words.removeLast();
    Map<String, String> found =
        words.isEmpty()
            ? commands(word, role)
            : words.getFirst().equals("help") || words.getFirst().equals("host:help")
                ? subjects(role)
                : arguments(words, role);
    return found.entrySet().stream()
        .filter(e -> e.getKey().startsWith(word))
        .limit(MOST)
        .map(e -> new Candidate(e.getKey(), e.getValue()))
        .toList();
  }

  /**
   * Scopes first; with a scope, its commands; with the beginning of a function's name, that too.
   */
  private Map<String, String> commands(String word, Peer.Role role) {
    Map<String, String> found = new TreeMap<>();
    for (Catalogue.Command command : allowed(role)) {
      String scope = command.scope() + ":";
      if (word.startsWith(scope)) {
        found.put(command.name(), help.entry(command).summary());
      } else if (scope.startsWith(word)) {
        found.merge(scope, command.function(), (a, b) -> a + ", " + b);
      }
    }
    if ("help".startsWith(word)) {
      found.put("help", "Shows what there is.");
    }
    return found;
  }

  private Map<String, String> subjects(Peer.Role role) {
    Map<String, String> found = new TreeMap<>();
    for (Catalogue.Command command : allowed(role)) {
      found.merge(command.scope(), command.function(), (a, b) -> a + ", " + b);
      found.put(command.name(), help.entry(command).summary());
    }
    return found;
  }

  private Collection<Catalogue.Command> allowed(Peer.Role role) {
    Collection<Catalogue.Command> commands = catalogue.commands();
    return role == Peer.Role.FULL ? commands : commands.stream().filter(catalogue::reads).toList();
  }

  private Map<String, String> arguments(List<String> words, Peer.Role role) {
    Map<String, String> found = new TreeMap<>();
    catalogue
        .find(words.getFirst())
        .filter(c -> role == Peer.Role.FULL || catalogue.reads(c))
        .ifPresent(
            command -> {
              List<String> given = words.subList(1, words.size());
              int argument = (int) given.stream().filter(w -> !w.startsWith("-")).count();
              for (Method method : catalogue.methods(command)) {
                parameters(method, argument, found);
              }
              found.put("--json", "answers in JSON");
              found.put("--help", "tells how it is called");
              given.forEach(found::remove);
              named(command.name(), argument, found);
            });
    return found;
  }

  private static void parameters(Method method, int argument, Map<String, String> found) {
    int position = 0;
    for (Parameter parameter : method.getParameters()) {
      var option = parameter.getAnnotation(org.apache.felix.service.command.Parameter.class);
      Descriptor meaning = parameter.getAnnotation(Descriptor.class);
      if (option != null) {
        for (String name : option.names()) {
          found.put(name, meaning == null ? "" : meaning.value());
        }
      } else if (parameter.getType() != CommandSession.class
          && parameter.getType() != Process.class
          && position++ == argument
          && parameter.getType().isEnum()) {
        for (Object constant : parameter.getType().getEnumConstants()) {
          found.put(constant.toString().toLowerCase(Locale.ROOT), "");
        }
      }
    }
  }

  private void named(String command, int argument, Map<String, String> found) {
    try {
      for (ServiceReference<Completer> service :
          context.getServiceReferences(
              Completer.class, "(" + Completer.COMMANDS + "=" + command + ")")) {
        Completer completer = context.getService(service);
        if (completer == null) {
          continue;
        }
        try {
          found.putAll(completer.candidates(command, argument));
        } catch (RuntimeException | LinkageError e) {
          LOG.log(System.Logger.Level.WARNING, "a completer of " + command + " failed: " + e);
        } finally {
          context.ungetService(service);
        }
      }
    } catch (InvalidSyntaxException e) {
      LOG.log(System.Logger.Level.DEBUG, "a name that cannot be asked for: " + command, e);
    }
  }
}
