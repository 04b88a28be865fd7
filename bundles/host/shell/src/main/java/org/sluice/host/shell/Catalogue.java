// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.sluice.host.api.Commands;

/**
 * The commands there are at this moment, read from the service registry whenever asked, so that it
 * is never behind it. Gogo takes names without regard to case, and so does this.
 */
final class Catalogue {
  private static final String FILTER =
      "(&(" + CommandProcessor.COMMAND_SCOPE + "=*)(" + CommandProcessor.COMMAND_FUNCTION + "=*))";

  private final BundleContext context;

  Catalogue(BundleContext context) {
    this.context = context;
  }

  /** One command; several services may offer it. */
  record Command(String scope, String function, List<ServiceReference<?>> services) {
    String name() {
      return scope + ":" + function;
    }
  }

  /** By name, in order. */
  Collection<Command> commands() {
    Map<String, Command> commands = new TreeMap<>();
    for (ServiceReference<?> service : services()) {
      String scope = String.valueOf(service.getProperty(CommandProcessor.COMMAND_SCOPE));
      for (String function : texts(service.getProperty(CommandProcessor.COMMAND_FUNCTION))) {
        commands
            .computeIfAbsent(
                (scope + ":" + function).toLowerCase(Locale.ROOT),
                ignored -> new Command(scope, function, new ArrayList<>()))
            .services()
            .add(service);
      }
    }
    return commands.values();
  }

  /**
   * @param name with its scope, or without when it is found in one scope only
   */
  Optional<Command> find(String name) {
    List<Command> found =
        commands().stream()
            .filter(
                c ->
                    name.indexOf(':') >= 0
                        ? c.name().equalsIgnoreCase(name)
                        : c.function().equalsIgnoreCase(name))
            .toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /**
   * Whether every service that offers it calls it reading, and Gogo, which also takes {@code
   * setName} for {@code name}, cannot end up in a method that is not the named one.
   */
  boolean reads(Command command) {
    return command.services().stream()
        .allMatch(
            s ->
                texts(s.getProperty(Commands.READS)).stream()
                        .anyMatch(f -> f.equalsIgnoreCase(command.function()))
                    && methods(s, command.function()).stream()
                        .allMatch(m -> bare(m.getName()).equalsIgnoreCase(command.function())));
  }

  /** The methods Gogo may call for this function. */
  private List<Method> methods(ServiceReference<?> service, String function) {
    Object target = context.getService(service);
    try {
      return target == null ? List.of() : methods(target.getClass(), function);
    } finally {
      context.ungetService(service);
    }
  }

  private static List<Method> methods(Class<?> type, String function) {
    Set<String> names = new HashSet<>();
    for (String prefix : List.of("", "_", "get", "is", "set")) {
      names.add((prefix + function).toLowerCase(Locale.ROOT));
    }
    // Takes everything for which there is no other.
    names.add("_main");
    List<Method> methods = new ArrayList<>();
    for (Method method : type.getMethods()) {
      if (names.contains(method.getName().toLowerCase(Locale.ROOT)) && !method.isBridge()) {
        methods.add(method);
      }
    }
    methods.sort(Comparator.comparingInt(Method::getParameterCount));
    return methods;
  }

  /**
   * For help and completion. Looks at the class alone where it can: to make the command's object
   * may take as long as its author likes, and asking for help must not.
   */
  List<Method> methods(Command command) {
    ServiceReference<?> service = command.services().getFirst();
    List<String> names = new ArrayList<>(texts(service.getProperty("component.name")));
    names.addAll(texts(service.getProperty(Constants.OBJECTCLASS)));
    Bundle bundle = service.getBundle();
    for (String name : names) {
      Class<?> type = bundle == null ? null : load(bundle, name);
      if (type != null && !type.isInterface()) {
        List<Method> methods = methods(type, command.function());
        if (!methods.isEmpty()) {
          return methods;
        }
      }
    }
    return methods(service, command.function());
  }

  private static @Nullable Class<?> load(Bundle bundle, String name) {
    try {
      return bundle.loadClass(name);
    } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
      // A component may be called anything; then its object tells.
      return null;
    }
  }

  private static String bare(String method) {
    return method.startsWith("_") ? method.substring(1) : method;
  }

  private List<ServiceReference<?>> services() {
    try {
      ServiceReference<?>[] services = context.getAllServiceReferences(null, FILTER);
      return services == null ? List.of() : List.of(services);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(FILTER, e);
    }
  }

  /** A service property that holds one text or several. */
  private static List<String> texts(@Nullable Object property) {
    return switch (property) {
      case null -> List.of();
      case Object[] several -> java.util.Arrays.stream(several).map(String::valueOf).toList();
      case Collection<?> several -> several.stream().map(String::valueOf).toList();
      default -> List.of(property.toString());
    };
  }
}
