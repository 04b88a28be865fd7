// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a resource, with variables in braces: {@code links/{name}}.
 *
 * @param segments as written
 */
record Route(String path, List<String> segments) implements Comparable<Route> {
  private static final Pattern LITERAL = Pattern.compile("[a-z0-9._~-]+");
  private static final Pattern VARIABLE = Pattern.compile("\\{[a-zA-Z][a-zA-Z0-9]*}");

  /**
   * @throws IllegalArgumentException when it is no such path
   */
  static Route of(String path) {
    List<String> segments = Arrays.asList(path.split("/", -1));
    List<String> names = new ArrayList<>();
    for (String segment : segments) {
      boolean variable = VARIABLE.matcher(segment).matches();
      if (!variable && !LITERAL.matcher(segment).matches()) {
        throw new IllegalArgumentException(
            "\""
                + path
                + "\" is no path for a resource: between slashes it needs small letters, digits"
                + " and ._~-, or {variable}");
      }
      if (variable && names.contains(segment)) {
        throw new IllegalArgumentException("\"" + path + "\" has " + segment + " twice");
      }
      names.add(segment);
    }
    return new Route(path, List.copyOf(segments));
  }

  /** The values of the variables, when the path is one of this route. */
  Optional<Map<String, String>> match(String asked) {
    String[] given = asked.split("/", -1);
    if (given.length != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < given.length; i++) {
      String segment = segments.get(i);
      if (variable(segment)) {
        if (given[i].isEmpty()) {
          return Optional.empty();
        }
        values.put(segment.substring(1, segment.length() - 1), given[i]);
      } else if (!segment.equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  List<String> variables() {
    return segments.stream()
        .filter(Route::variable)
        .map(s -> s.substring(1, s.length() - 1))
        .toList();
  }

  private static boolean variable(String segment) {
    return segment.startsWith("{");
  }

  /** The same for two routes that take the same paths. */
  String shape() {
    return VARIABLE.matcher(path).replaceAll("{}");
  }

  /** A route that spells out a segment is tried before one that has a variable there. */
  @Override
  public int compareTo(Route other) {
    for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
      int order = Boolean.compare(variable(segments.get(i)), variable(other.segments.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return path.compareTo(other.path);
  }
}
